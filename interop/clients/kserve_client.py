"""KServe's Python inference clients for V1, V2 over REST and V2 over gRPC, against the addresses in the first two arguments."""

import asyncio
import logging
import sys

import grpc
import httpx
import numpy as np
from calls import ANY_BYTES, TENSORS, check, check_same, run
from kserve import InferenceGRPCClient, InferenceRESTClient, InferInput, InferRequest
from kserve.inference_client import RESTConfig
from kserve.protocol.infer_type import RequestedOutput

URL, ADDRESS = sys.argv[1], sys.argv[2]
# The client has no BF16, and sends FP16 in binary form only.
DATATYPES = {name: values for name, values in TENSORS.items() if name != "BF16"}
IRIS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.1, 5.6, 2.4]]

logging.disable(logging.CRITICAL)


def request(model, values, datatype, binary=True, **options):
    tensor = InferInput("INPUT0", list(values.shape), datatype)
    tensor.set_data_from_numpy(values, binary_data=binary)
    return InferRequest(model_name=model, infer_inputs=[tensor], **options)


def call(name, body):
    """One call on an event loop and with clients of its own."""

    async def whole():
        rest = RESTConfig(protocol="v2" if name.startswith("V2") else "v1", retries=0)
        async with InferenceRESTClient(rest) as http, InferenceGRPCClient(ADDRESS, retries=0) as channel:
            await body(channel if name.startswith("gRPC") else http)

    run(name, lambda: asyncio.run(whole()))


async def holds(awaitable):
    check(await awaitable, "no")


async def predict(client):
    told = await client.infer(URL, {"instances": IRIS}, model_name="iris")
    check(told == {"predictions": [0, 2]}, told)


async def explain(client):
    told = await client.explain(URL, "iris", {"instances": IRIS})
    check("explanations" in told, told)


def rest_round_trip(datatype, values, binary, binary_out=False):
    async def body(client):
        parameters = {"binary_data_output": True} if binary_out else None
        model = f"identity_{datatype.lower()}"
        told = await client.infer(URL, request(model, values, datatype, binary, parameters=parameters), model_name=model)
        check_same(told.outputs[0].as_numpy(), values)

    return body


def grpc_round_trip(datatype, values):
    async def body(client):
        told = await client.infer(request(f"identity_{datatype.lower()}", values, datatype))
        check_same(told.outputs[0].as_numpy(), values)

    return body


def ids(over_grpc):
    async def body(client):
        made = request("identity_fp32", TENSORS["FP32"], "FP32", request_id="my id 1")
        told = await (client.infer(made) if over_grpc else client.infer(URL, made, model_name="identity_fp32"))
        check(told.id == "my id 1", f"the id {told.id}")

    return body


async def one_output(client):
    values = np.ones((1, 4), dtype=np.int32)
    tensors = [InferInput(name, [1, 4], "INT32") for name in ("INPUT1", "INPUT0")]
    for tensor in tensors:
        tensor.set_data_from_numpy(values, binary_data=True)
    made = InferRequest("addsub", tensors, request_outputs=[RequestedOutput("OUTPUT1", parameters={"binary_data": True})])
    told = await client.infer(URL, made, model_name="addsub")
    check([each.name for each in told.outputs] == ["OUTPUT1"], told)
    check_same(told.outputs[0].as_numpy(), 0 * values)


def refused(over_grpc, model):
    async def body(client):
        made = request(model, TENSORS["FP32"], "FP32")
        try:
            await (client.infer(made) if over_grpc else client.infer(URL, made, model_name=model))
        except httpx.HTTPStatusError as problem:
            check(not str(problem).startswith(","), "an error without a message")
        except grpc.RpcError as problem:
            check(problem.details(), "an error without a message")
        else:
            raise AssertionError("it is accepted")

    return body


call("V1 is_model_ready", lambda client: holds(client.is_model_ready(URL, "iris")))
call("V1 infer", predict)
call("V1 explain", explain)
call("V2 is_server_live", lambda client: holds(client.is_server_live(URL)))
call("V2 is_server_ready", lambda client: holds(client.is_server_ready(URL)))
call("V2 is_model_ready", lambda client: holds(client.is_model_ready(URL, "iris")))
# Over REST the client decodes elements of BYTES as text, so there are no other bytes here.
for datatype, values in DATATYPES.items():
    if datatype != "FP16":
        call(f"V2 infer {datatype} in JSON", rest_round_trip(datatype, values, False))
    call(f"V2 infer {datatype} in binary", rest_round_trip(datatype, values, True, True))
call("V2 infer, request_id", ids(False))
call("V2 infer, one output of two", one_output)
call("V2 infer, unknown model", refused(False, "no-such-model"))
call("V2 infer, failing model", refused(False, "fail"))
call("gRPC is_server_live", lambda client: holds(client.is_server_live()))
call("gRPC is_server_ready", lambda client: holds(client.is_server_ready()))
call("gRPC is_model_ready", lambda client: holds(client.is_model_ready("iris")))
for datatype, values in DATATYPES.items():
    call(f"gRPC infer {datatype}", grpc_round_trip(datatype, values))
call("gRPC infer any bytes", grpc_round_trip("BYTES", ANY_BYTES))
call("gRPC infer, request_id", ids(True))
call("gRPC infer, unknown model", refused(True, "no-such-model"))
call("gRPC infer, failing model", refused(True, "fail"))
