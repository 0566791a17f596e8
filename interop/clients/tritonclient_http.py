"""Triton's HTTP client, JSON and binary, against the address in the first argument."""

import sys

import numpy as np
import tritonclient.http as triton
from calls import ANY_BYTES, TENSORS, check, check_same, run
from tritonclient.utils import InferenceServerException

client = triton.InferenceServerClient(sys.argv[1])
# The client itself sends these in binary form only.
BINARY_ONLY = {"FP16", "BF16"}


def tensor(name, values, datatype, binary):
    made = triton.InferInput(name, list(values.shape), datatype)
    return made.set_data_from_numpy(values, binary_data=binary)


def round_trip(datatype, values, into, out):
    wanted = [triton.InferRequestedOutput("OUTPUT0", binary_data=out)]
    result = client.infer(f"identity_{datatype.lower()}", [tensor("INPUT0", values, datatype, into)], outputs=wanted)
    check_same(result.as_numpy("OUTPUT0"), values)


def all_outputs(binary):
    values = np.array([[1, 2, 3, 4]], dtype=np.int32)
    result = client.infer("addsub", [tensor("INPUT1", values, "INT32", binary), tensor("INPUT0", 3 * values, "INT32", binary)])
    check_same(result.as_numpy("OUTPUT0"), 4 * values)
    check_same(result.as_numpy("OUTPUT1"), 2 * values)


def mixed():
    values = np.array([[1, 2], [3, 4]], dtype=np.float32)
    wanted = [triton.InferRequestedOutput("OUTPUT1", binary_data=True), triton.InferRequestedOutput("OUTPUT0", binary_data=False)]
    result = client.infer("two_out", [tensor("INPUT0", values, "FP32", True)], outputs=wanted)
    check_same(result.as_numpy("OUTPUT0"), values)
    check_same(result.as_numpy("OUTPUT1"), np.array([0, 1], dtype=np.int64))


def one_output():
    values = np.ones((1, 4), dtype=np.int32)
    inputs = [tensor("INPUT0", values, "INT32", True), tensor("INPUT1", values, "INT32", False)]
    result = client.infer("addsub", inputs, outputs=[triton.InferRequestedOutput("OUTPUT1")])
    check_same(result.as_numpy("OUTPUT1"), 0 * values)
    check(result.as_numpy("OUTPUT0") is None, "an output that was not asked for")


def versions():
    values = np.array([[1, 2]], dtype=np.float32)
    for version, sign in (("1", 1), ("3", -1), ("", -1)):
        result = client.infer("twoversions", [tensor("INPUT0", values, "FP32", True)], model_version=version)
        check_same(result.as_numpy("OUTPUT0"), sign * values)


def request_id():
    result = client.infer("identity_fp32", [tensor("INPUT0", TENSORS["FP32"], "FP32", True)], request_id="my id 1")
    check(result.get_response()["id"] == "my id 1", f"the id {result.get_response().get('id')}")


def parameters():
    inputs = [tensor("INPUT0", np.array([[1]], dtype=np.int32), "INT32", True)]
    result = client.infer("params", inputs, parameters={"word": "a", "number": 3, "yes": True})
    told = result.as_numpy("OUTPUT0")[0][0].decode()
    check('"word":"a"' in told.replace(" ", "") and '"number":3' in told.replace(" ", ""), told)


def asynchronous():
    calls = [client.async_infer("identity_fp32", [tensor("INPUT0", TENSORS["FP32"] * n, "FP32", True)]) for n in (0.5, 0.25)]
    for call, n in zip(calls, (0.5, 0.25)):
        check_same(call.get_result().as_numpy("OUTPUT0"), TENSORS["FP32"] * np.float32(n))


def refused(what, call):
    try:
        call()
    except InferenceServerException as problem:
        check(problem.message(), "an error without a message")
        check(problem.status() is not None and problem.status().startswith(("4", "5")), f"status {problem.status()}")
    else:
        raise AssertionError(f"{what} is accepted")


def metadata():
    told = client.get_model_metadata("addsub")
    check([each["name"] for each in told["inputs"]] == ["INPUT0", "INPUT1"], told)
    check(told["outputs"][1] == {"name": "OUTPUT1", "datatype": "INT32", "shape": [-1, 4]}, told)
    check(client.get_model_metadata("twoversions", "1")["versions"] == ["1", "3"], "versions")


def repository():
    client.unload_model("toggle")
    check(not client.is_model_ready("toggle"), "the unloaded model is ready")
    client.load_model("toggle")
    check(client.is_model_ready("toggle"), "the loaded model is not ready")


run("is_server_live", lambda: check(client.is_server_live(), "not live"))
run("is_server_ready", lambda: check(client.is_server_ready(), "not ready"))
run("is_model_ready", lambda: check(client.is_model_ready("iris") and client.is_model_ready("twoversions", "1"), "not ready"))
run("is_model_ready, unknown model", lambda: check(not client.is_model_ready("no-such-model"), "ready"))
run("get_server_metadata", lambda: check("binary_tensor_data" in client.get_server_metadata()["extensions"], "extensions"))
run("get_model_metadata", metadata)
run("load_model, unload_model", repository)
for datatype, values in TENSORS.items():
    if datatype not in BINARY_ONLY:
        run(f"infer {datatype} in JSON", lambda: round_trip(datatype, values, False, False))
        run(f"infer {datatype} from JSON to binary", lambda: round_trip(datatype, values, False, True))
        run(f"infer {datatype} from binary to JSON", lambda: round_trip(datatype, values, True, False))
    run(f"infer {datatype} in binary", lambda: round_trip(datatype, values, True, True))
run("infer any bytes in binary", lambda: round_trip("BYTES", ANY_BYTES, True, True))
run("infer, all outputs, JSON inputs", lambda: all_outputs(False))
run("infer, all outputs, binary inputs", lambda: all_outputs(True))
run("infer, outputs in both forms", mixed)
run("infer, one output of two", one_output)
run("infer, by version", versions)
run("infer, request_id", request_id)
run("infer, parameters", parameters)
run("async_infer", asynchronous)
run("infer, unknown model", lambda: refused("it", lambda: client.infer("no-such-model", [tensor("INPUT0", TENSORS["FP32"], "FP32", True)])))
run("infer, failing model", lambda: refused("it", lambda: client.infer("fail", [tensor("INPUT0", TENSORS["FP32"], "FP32", True)])))
run("infer, unknown output", lambda: refused("it", lambda: client.infer("identity_fp32", [tensor("INPUT0", TENSORS["FP32"], "FP32", True)], outputs=[triton.InferRequestedOutput("NO")])))
for name in ("get_model_repository_index", "get_inference_statistics", "get_log_settings"):
    run(f"{name}, which is not offered", lambda: refused("it", getattr(client, name)))
client.close()
