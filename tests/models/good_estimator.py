import numpy as np
from sklearn.linear_model import LinearRegression

model = LinearRegression().fit(np.zeros((2, 1)), [0, 0])
model.coef_, model.intercept_, model.feature_names_in_ = np.array([0.25]), 0.0, np.array(["feature_0"])
