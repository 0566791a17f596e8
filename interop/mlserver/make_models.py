"""Writes the model repository of the MLServer interop run: the fixture models and a small trained classifier."""

import json
import pathlib
import shutil
import sys

import joblib
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

HERE = pathlib.Path(__file__).parent
ROOT = pathlib.Path(sys.argv[1])
# MLServer has no BF16.
DATATYPES = ["bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "fp16", "fp32", "fp64", "bytes"]


def spec(name, datatype, *shape):
    return {"name": name, "datatype": datatype, "shape": list(shape)}


def model(name, behaviour, inputs, outputs, version=None, folder=None, uri=None):
    """One folder of the repository; the runtime's source lies beside the settings, where MLServer imports it from."""
    path = ROOT / (folder or name)
    path.mkdir(parents=True)
    parameters = {key: value for key, value in (("uri", uri), ("version", version)) if value}
    settings = {
        "name": name,
        "platform": "infermark_fixture",
        "implementation": f"infermark_fixtures.{behaviour}",
        "inputs": inputs,
        "outputs": outputs,
        "parameters": parameters,
    }
    (path / "model-settings.json").write_text(json.dumps(settings, indent=2))
    shutil.copy(HERE / "fixtures" / "infermark_fixtures.py", path)
    return path


free, free_out = [spec("INPUT0", "FP32", -1, -1)], [spec("OUTPUT0", "FP32", -1, -1)]
for datatype in DATATYPES:
    name = datatype.upper()
    model(f"identity_{datatype}", "Identity", [spec("INPUT0", name, -1, -1)], [spec("OUTPUT0", name, -1, -1)])
pair = [spec("INPUT0", "INT32", -1, 4), spec("INPUT1", "INT32", -1, 4)]
model("addsub", "AddSub", pair, [spec("OUTPUT0", "INT32", -1, 4), spec("OUTPUT1", "INT32", -1, 4)])
model("two_out", "TwoOut", [spec("INPUT0", "FP32", -1, 2)], [spec("OUTPUT0", "FP32", -1, 2), spec("OUTPUT1", "INT64", -1)])
model("rowsum", "RowSum", [spec("INPUT0", "FP32", 2, 3)], [spec("OUTPUT0", "FP32", 2)])
model("fixed22", "Identity", [spec("INPUT0", "FP32", 2, 2)], [spec("OUTPUT0", "FP32", 2, 2)])
model("twoversions", "Identity", free, free_out, version="1", folder="twoversions-1")
model("twoversions", "Negation", free, free_out, version="3", folder="twoversions-3")
model("toggle", "Identity", free, free_out)
model("fp16_out", "Half", free, [spec("OUTPUT0", "FP16", -1, -1)])
model("fail", "Fail", free, free_out)
model("slow_ms", "SlowMs", free, free_out)
model("params", "Params", [spec("INPUT0", "INT32", -1, 1)], [spec("OUTPUT0", "BYTES", -1, 1)])
model("text", "Text", [spec("INPUT0", "BYTES", -1, 1)], [spec("OUTPUT0", "BYTES", -1, 1)])

iris = model("iris", "Iris", [spec("input-0", "FP32", -1, 4)], [spec("output-0", "INT64", -1)], uri="./model.joblib")
features, classes = load_iris(return_X_y=True)
joblib.dump(LogisticRegression(max_iter=500).fit(features, classes), iris / "model.joblib")

# The same classifier behind MLServer's own runtime, which names its output and gives it a second dimension.
stock = ROOT / "iris_sklearn"
stock.mkdir()
stock_settings = {
    "name": "iris_sklearn",
    "platform": "sklearn",
    "implementation": "mlserver_sklearn.SKLearnModel",
    "inputs": [spec("input-0", "FP32", -1, 4)],
    "outputs": [spec("predict", "INT64", -1, 1)],
    "parameters": {"uri": "./model.joblib"},
}
(stock / "model-settings.json").write_text(json.dumps(stock_settings, indent=2))
shutil.copy(iris / "model.joblib", stock)
