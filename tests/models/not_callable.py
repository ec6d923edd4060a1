model = {"weights": [1, 2, 3]}
