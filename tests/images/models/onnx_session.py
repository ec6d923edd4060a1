import onnx
import pandas as pd
from onnx import helper

taken = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [None, 6])
given = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [None, 1])
weights = helper.make_tensor("w", onnx.TensorProto.FLOAT, [6, 1], [0.01, 0.02, 0.03, 0.04, 0.05, 0.06])
nodes = [helper.make_node("MatMul", ["x", "w"], ["y"])]
graph = helper.make_graph(nodes, "graph", [taken], [given], [weights])
saved = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


def model(live_features):
    import onnxruntime

    session = onnxruntime.InferenceSession(saved, providers=["CPUExecutionProvider"])
    features = live_features.filter(like="feature_").to_numpy().astype("float32")
    return pd.DataFrame({"prediction": session.run(None, {"x": features})[0][:, 0]}, live_features.index)
