"""Adds a trained classifier behind MLServer's own scikit-learn runtime, which names its output and gives it a second dimension."""

import json
import pathlib
import sys

import joblib
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

folder = pathlib.Path(sys.argv[1]) / "iris_sklearn"
folder.mkdir()
settings = {
    "name": "iris_sklearn",
    "platform": "sklearn",
    "implementation": "mlserver_sklearn.SKLearnModel",
    "inputs": [{"name": "input-0", "datatype": "FP32", "shape": [-1, 4]}],
    "outputs": [{"name": "predict", "datatype": "INT64", "shape": [-1, 1]}],
    "parameters": {"uri": "./model.joblib"},
}
(folder / "model-settings.json").write_text(json.dumps(settings, indent=2))
features, classes = load_iris(return_X_y=True)
joblib.dump(LogisticRegression(max_iter=500).fit(features, classes), folder / "model.joblib")
