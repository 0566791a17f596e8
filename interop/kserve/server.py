"""The fixture models of infermark on KServe's Python ModelServer: V1, V2 REST and V2 gRPC."""

import asyncio
import json
import sys

import numpy as np
from kserve import InferOutput, InferResponse, Model, ModelRepository, ModelServer
from kserve.errors import InferenceError, InvalidInput
from kserve.utils.utils import generate_uuid

DATATYPES = ["BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64", "BYTES"]


def spec(name, datatype, *shape):
    return {"name": name, "datatype": datatype, "shape": list(shape)}


class Fixture(Model):
    """A model with declared tensors; `compute` maps arrays by input name to arrays by output name."""

    def __init__(self, name, inputs, outputs, compute):
        super().__init__(name)
        self.input_specs, self.output_specs, self.compute = inputs, outputs, compute
        self.ready = True

    async def get_input_types(self):
        return self.input_specs

    async def get_output_types(self):
        return self.output_specs

    async def predict(self, payload, headers=None):
        if isinstance(payload, dict):
            return {"predictions": await self.rows(payload)}
        arrays = {}
        for tensor in payload.inputs:
            if tensor.name in arrays:
                raise InvalidInput(f"input {tensor.name} is given twice")
            arrays[tensor.name] = self.array(tensor)
        for declared in self.input_specs:
            if declared["name"] not in arrays:
                raise InvalidInput(f"input {declared['name']} is missing")
        results = await self.result(arrays, payload.parameters)
        wanted = [output.name for output in payload.request_outputs or []]
        for name in wanted:
            if name not in results:
                raise InvalidInput(f"model {self.name} has no output {name}")
        outputs = [self.output(declared, results) for declared in self.output_specs if not wanted or declared["name"] in wanted]
        return InferResponse(
            response_id=payload.id or generate_uuid(),
            model_name=self.name,
            infer_outputs=[self.filled(output, value, payload) for output, value in outputs],
            use_binary_outputs=payload.use_binary_outputs,
            requested_outputs=payload.request_outputs,
        )

    def array(self, tensor):
        declared = next((each for each in self.input_specs if each["name"] == tensor.name), None)
        if declared is None:
            raise InvalidInput(f"model {self.name} has no input {tensor.name}")
        if tensor.datatype != declared["datatype"]:
            raise InvalidInput(f"input {tensor.name} must have datatype {declared['datatype']}")
        shape = list(tensor.shape)
        fits = len(shape) == len(declared["shape"]) and all(
            size >= 0 and want in (-1, size) for size, want in zip(shape, declared["shape"])
        )
        if not fits:
            raise InvalidInput(f"input {tensor.name} has shape {shape}, the model takes {declared['shape']}")
        return tensor.as_numpy()

    async def result(self, arrays, parameters):
        value = self.compute(arrays, parameters)
        return await value if asyncio.iscoroutine(value) else value

    def output(self, declared, results):
        value = results[declared["name"]]
        return InferOutput(declared["name"], list(value.shape), declared["datatype"]), value

    def filled(self, output, value, payload):
        output.set_data_from_numpy(value, binary_data=payload.use_binary_outputs)
        return output

    async def rows(self, payload):
        """V1 carries one tensor: the instances are its rows."""
        instances = payload.get("instances", payload.get("inputs"))
        if not isinstance(instances, list):
            raise InvalidInput("instances or inputs must be a list")
        if len(self.input_specs) != 1:
            raise InvalidInput(f"model {self.name} takes more than one input; use V2")
        declared = self.input_specs[0]
        kind = object if declared["datatype"] == "BYTES" else NUMPY[declared["datatype"]]
        try:
            array = np.array(instances, dtype=kind)
        except (TypeError, ValueError, OverflowError) as problem:
            raise InvalidInput(str(problem)) from problem
        results = await self.result({declared["name"]: array}, {})
        return results[self.output_specs[0]["name"]].tolist()


NUMPY = {
    "BOOL": np.bool_,
    **{f"{sign}INT{bits}": getattr(np, f"{sign.lower()}int{bits}") for sign in ("", "U") for bits in (8, 16, 32, 64)},
    "FP16": np.float16,
    "FP32": np.float32,
    "FP64": np.float64,
}


class RowsAndObjects(Model):
    """V1 only: returns each instance, whatever JSON it is."""

    def __init__(self):
        super().__init__("rows_and_objects")
        self.ready = True

    async def predict(self, payload, headers=None):
        return {"predictions": payload.get("instances", payload.get("inputs")) if isinstance(payload, dict) else []}


class Iris(Fixture):
    """A classifier that KServe can also explain."""

    async def explain(self, payload, headers=None):
        rows = np.array(payload.get("instances", payload.get("inputs")), dtype=np.float32)
        return {"predictions": await self.rows(payload), "explanations": (rows / rows.sum(axis=1, keepdims=True)).tolist()}


class Repository(ModelRepository):
    """KServe's own forgets a model that is unloaded; this one loads it again."""

    def __init__(self):
        super().__init__()
        self.unloaded = {}

    def unload(self, name):
        model = self.models.get(name)
        super().unload(name)
        self.unloaded[name] = model

    def load(self, name):
        if name in self.unloaded:
            model = self.unloaded.pop(name)
            model.ready = True
            self.update(model)
        return name in self.models


def identity(arrays, _):
    return {"OUTPUT0": arrays["INPUT0"]}


def addsub(arrays, _):
    a, b = arrays["INPUT0"], arrays["INPUT1"]
    return {"OUTPUT0": a + b, "OUTPUT1": a - b}


def two_out(arrays, _):
    value = arrays["INPUT0"]
    return {"OUTPUT0": value, "OUTPUT1": np.arange(value.shape[0], dtype=np.int64)}


def fail(arrays, _):
    raise InferenceError("the fixture model fail always fails")


async def slow(arrays, _):
    await asyncio.sleep(float(arrays["INPUT0"].flat[0]) / 1000)
    return {"OUTPUT0": arrays["INPUT0"]}


def text(arrays, _):
    def upper(value):
        return value.decode("utf-8").upper() if isinstance(value, bytes) else str(value).upper()

    return {"OUTPUT0": np.array([upper(value) for value in arrays["INPUT0"].flat], dtype=object).reshape(arrays["INPUT0"].shape)}


def params(arrays, parameters):
    known = {name: value for name, value in (parameters or {}).items() if isinstance(value, (str, int, float, bool))}
    rows = arrays["INPUT0"].shape[0]
    return {"OUTPUT0": np.array([json.dumps(known)] * rows, dtype=object).reshape(rows, 1)}


def classifier():
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression

    features, classes = load_iris(return_X_y=True)
    trained = LogisticRegression(max_iter=500).fit(features, classes)
    return lambda arrays, _: {"output-0": trained.predict(arrays["input-0"]).astype(np.int64)}


def models():
    free, free_out = [spec("INPUT0", "FP32", -1, -1)], [spec("OUTPUT0", "FP32", -1, -1)]
    for datatype in DATATYPES:
        yield Fixture(f"identity_{datatype.lower()}", [spec("INPUT0", datatype, -1, -1)], [spec("OUTPUT0", datatype, -1, -1)], identity)
    yield Fixture(
        "addsub",
        [spec("INPUT0", "INT32", -1, 4), spec("INPUT1", "INT32", -1, 4)],
        [spec("OUTPUT0", "INT32", -1, 4), spec("OUTPUT1", "INT32", -1, 4)],
        addsub,
    )
    yield Fixture("two_out", [spec("INPUT0", "FP32", -1, 2)], [spec("OUTPUT0", "FP32", -1, 2), spec("OUTPUT1", "INT64", -1)], two_out)
    yield Fixture("rowsum", [spec("INPUT0", "FP32", 2, 3)], [spec("OUTPUT0", "FP32", 2)], lambda a, _: {"OUTPUT0": a["INPUT0"].sum(axis=1)})
    yield Fixture("fixed22", [spec("INPUT0", "FP32", 2, 2)], [spec("OUTPUT0", "FP32", 2, 2)], identity)
    yield Fixture("fail", free, free_out, fail)
    yield Fixture("slow_ms", free, free_out, slow)
    yield Fixture("toggle", free, free_out, identity)
    yield Fixture("fp16_out", free, [spec("OUTPUT0", "FP16", -1, -1)], lambda a, _: {"OUTPUT0": a["INPUT0"].astype(np.float16)})
    yield Fixture("text", [spec("INPUT0", "BYTES", -1, 1)], [spec("OUTPUT0", "BYTES", -1, 1)], text)
    yield Fixture("params", [spec("INPUT0", "INT32", -1, 1)], [spec("OUTPUT0", "BYTES", -1, 1)], params)
    yield Iris("iris", [spec("input-0", "FP32", -1, 4)], [spec("output-0", "INT64", -1)], classifier())
    yield RowsAndObjects()


if __name__ == "__main__":
    # The server reads its own flags from the command line.
    sys.argv[0] = "kserve"
    ModelServer(registered_models=Repository()).start(list(models()))
