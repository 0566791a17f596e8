"""Triton's gRPC client, which sends and reads raw contents, against the address in the first argument."""

import queue
import sys

import numpy as np
import tritonclient.grpc as triton
from calls import ANY_BYTES, TENSORS, check, check_same, run
from tritonclient.utils import InferenceServerException

client = triton.InferenceServerClient(sys.argv[1])


def tensor(name, values, datatype):
    return triton.InferInput(name, list(values.shape), datatype).set_data_from_numpy(values)


def round_trip(datatype, values):
    result = client.infer(f"identity_{datatype.lower()}", [tensor("INPUT0", values, datatype)])
    check_same(result.as_numpy("OUTPUT0"), values)


def one_output():
    values = np.ones((1, 4), dtype=np.int32)
    inputs = [tensor("INPUT1", values, "INT32"), tensor("INPUT0", 3 * values, "INT32")]
    result = client.infer("addsub", inputs, outputs=[triton.InferRequestedOutput("OUTPUT1")])
    check_same(result.as_numpy("OUTPUT1"), 2 * values)
    check(result.as_numpy("OUTPUT0") is None, "an output that was not asked for")


def two_outputs():
    values = np.array([[1, 2], [3, 4]], dtype=np.float32)
    result = client.infer("two_out", [tensor("INPUT0", values, "FP32")])
    check_same(result.as_numpy("OUTPUT0"), values)
    check_same(result.as_numpy("OUTPUT1"), np.array([0, 1], dtype=np.int64))


def versions():
    values = np.array([[1, 2]], dtype=np.float32)
    for version, sign in (("1", 1), ("3", -1), ("", -1)):
        result = client.infer("twoversions", [tensor("INPUT0", values, "FP32")], model_version=version)
        check_same(result.as_numpy("OUTPUT0"), sign * values)


def request_id():
    result = client.infer("identity_fp32", [tensor("INPUT0", TENSORS["FP32"], "FP32")], request_id="my id 1")
    check(result.get_response().id == "my id 1", f"the id {result.get_response().id}")


def parameters():
    inputs = [tensor("INPUT0", np.array([[1]], dtype=np.int32), "INT32")]
    result = client.infer("params", inputs, parameters={"word": "a", "number": 3, "yes": True})
    told = result.as_numpy("OUTPUT0")[0][0].decode().replace(" ", "")
    check('"word":"a"' in told and '"number":3' in told and '"yes":true' in told, told)


def asynchronous():
    answers = queue.Queue()
    tensors = [tensor("INPUT0", TENSORS["FP32"], "FP32")]
    client.async_infer("identity_fp32", tensors, callback=lambda result, error: answers.put((result, error)))
    result, error = answers.get(timeout=30)
    check(error is None, error)
    check_same(result.as_numpy("OUTPUT0"), TENSORS["FP32"])


def refused(call):
    try:
        call()
    except InferenceServerException as problem:
        check(problem.message(), "an error without a message")
        check(str(problem.status()).startswith("StatusCode."), f"status {problem.status()}")
    else:
        raise AssertionError("it is accepted")


def metadata():
    told = client.get_model_metadata("addsub", as_json=True)
    check([each["name"] for each in told["inputs"]] == ["INPUT0", "INPUT1"], told)
    check(told["outputs"][1] == {"name": "OUTPUT1", "datatype": "INT32", "shape": ["-1", "4"]}, told)
    check(list(client.get_model_metadata("twoversions", "1").versions) == ["1", "3"], "versions")


def fp32(model, **options):
    return lambda: client.infer(model, [tensor("INPUT0", TENSORS["FP32"], "FP32")], **options)


run("is_server_live", lambda: check(client.is_server_live(), "not live"))
run("is_server_ready", lambda: check(client.is_server_ready(), "not ready"))
run("is_model_ready", lambda: check(client.is_model_ready("iris") and client.is_model_ready("twoversions", "1"), "not ready"))
run("get_server_metadata", lambda: check(client.get_server_metadata().name != "", "no name"))
run("get_model_metadata", metadata)
for datatype, values in TENSORS.items():
    run(f"infer {datatype}", lambda: round_trip(datatype, values))
run("infer any bytes", lambda: round_trip("BYTES", ANY_BYTES))
run("infer, two outputs", two_outputs)
run("infer, one output of two", one_output)
run("infer, by version", versions)
run("infer, request_id", request_id)
run("infer, parameters", parameters)
run("async_infer", asynchronous)
run("infer, unknown model", lambda: refused(fp32("no-such-model")))
run("infer, failing model", lambda: refused(fp32("fail")))
run("infer, unknown output", lambda: refused(fp32("identity_fp32", outputs=[triton.InferRequestedOutput("NO")])))
for name in ("get_model_repository_index", "get_inference_statistics", "get_log_settings"):
    run(f"{name}, which is not offered", lambda: refused(getattr(client, name)))
client.close()
