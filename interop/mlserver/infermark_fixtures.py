"""The fixture models of infermark for MLServer: one custom runtime, one class per behaviour."""

import asyncio
import json

import numpy as np
from mlserver import MLModel
from mlserver.errors import InferenceError
from mlserver.types import InferenceRequest, InferenceResponse, ResponseOutput


class Fixture(MLModel):
    """What the fixtures share: inputs by name, checked against the declared metadata."""

    async def load(self) -> bool:
        return True

    def tensors(self, payload: InferenceRequest) -> list:
        """The request's inputs in the declared order; refuses what metadata does not declare."""
        given = {}
        for tensor in payload.inputs:
            if tensor.name in given:
                raise InferenceError(f"input {tensor.name} is given twice")
            given[tensor.name] = tensor
        declared = {spec.name: spec for spec in self.inputs}
        for name in given:
            if name not in declared:
                raise InferenceError(f"model {self.name} has no input {name}")
        for name, spec in declared.items():
            if name not in given:
                raise InferenceError(f"input {name} is missing")
            self.check(given[name], spec)
        return [given[name] for name in declared]

    def check(self, tensor, spec) -> None:
        if tensor.datatype != spec.datatype:
            raise InferenceError(f"input {tensor.name} must have datatype {spec.datatype}")
        fits = len(tensor.shape) == len(spec.shape) and all(
            want in (-1, size) for size, want in zip(tensor.shape, spec.shape)
        )
        if not fits:
            raise InferenceError(f"input {tensor.name} has shape {tensor.shape}, the model takes {spec.shape}")
        if len(flat(tensor.data)) != int(np.prod(tensor.shape)):
            raise InferenceError(f"input {tensor.name} has {len(flat(tensor.data))} elements for shape {tensor.shape}")

    def answer(self, payload: InferenceRequest, outputs: list) -> InferenceResponse:
        if payload.outputs:
            known = {output.name: output for output in outputs}
            for wanted in payload.outputs:
                if wanted.name not in known:
                    raise InferenceError(f"model {self.name} has no output {wanted.name}")
            outputs = [known[wanted.name] for wanted in payload.outputs]
        return InferenceResponse(id=payload.id, model_name=self.name, model_version=self.version, outputs=outputs)


def flat(data) -> list:
    """The elements of a tensor in row-major order, whatever nesting the codec left."""
    values = data.root if hasattr(data, "root") else data
    if isinstance(values, (str, bytes)):
        return [values]
    result = []
    for value in values:
        result.extend(flat(value) if isinstance(value, list) else [value])
    return result


def output(name, like, values=None, shape=None, datatype=None) -> ResponseOutput:
    return ResponseOutput(
        name=name,
        datatype=datatype or like.datatype,
        shape=list(like.shape if shape is None else shape),
        data=flat(like.data) if values is None else values,
    )


class Identity(Fixture):
    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        (tensor,) = self.tensors(payload)
        return self.answer(payload, [output("OUTPUT0", tensor)])


class AddSub(Fixture):
    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        a, b = self.tensors(payload)
        left, right = (np.array(flat(tensor.data), dtype=np.int32) for tensor in (a, b))
        return self.answer(
            payload, [output("OUTPUT0", a, (left + right).tolist()), output("OUTPUT1", a, (left - right).tolist())]
        )


class TwoOut(Fixture):
    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        (tensor,) = self.tensors(payload)
        rows = tensor.shape[0]
        return self.answer(
            payload,
            [output("OUTPUT0", tensor), output("OUTPUT1", tensor, list(range(rows)), [rows], "INT64")],
        )


class RowSum(Fixture):
    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        (tensor,) = self.tensors(payload)
        sums = np.array(flat(tensor.data), dtype=np.float32).reshape(tensor.shape).sum(axis=1)
        return self.answer(payload, [output("OUTPUT0", tensor, sums.tolist(), [2])])


class Negation(Fixture):
    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        (tensor,) = self.tensors(payload)
        return self.answer(payload, [output("OUTPUT0", tensor, [-value for value in flat(tensor.data)])])


class Fail(Fixture):
    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        raise InferenceError("the fixture model fail always fails")


class SlowMs(Fixture):
    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        (tensor,) = self.tensors(payload)
        await asyncio.sleep(float(flat(tensor.data)[0]) / 1000)
        return self.answer(payload, [output("OUTPUT0", tensor)])


class Params(Fixture):
    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        (tensor,) = self.tensors(payload)
        given = payload.parameters.model_dump(exclude_none=True) if payload.parameters else {}
        text = json.dumps({name: value for name, value in given.items() if isinstance(value, (str, int, float, bool))})
        return self.answer(payload, [output("OUTPUT0", tensor, [text] * tensor.shape[0], datatype="BYTES")])


class Text(Fixture):
    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        (tensor,) = self.tensors(payload)
        upper = [
            value.decode("utf-8").upper() if isinstance(value, bytes) else value.upper() for value in flat(tensor.data)
        ]
        return self.answer(payload, [output("OUTPUT0", tensor, upper)])


class Iris(Fixture):
    """The trained classifier, with the tensor names of the fixture."""

    async def load(self) -> bool:
        import joblib
        from mlserver.utils import get_model_uri

        self.model = joblib.load(await get_model_uri(self.settings))
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        (tensor,) = self.tensors(payload)
        rows = np.array(flat(tensor.data), dtype=np.float32).reshape(tensor.shape)
        classes = self.model.predict(rows).astype(np.int64)
        return self.answer(payload, [output("output-0", tensor, classes.tolist(), [len(rows)], "INT64")])
