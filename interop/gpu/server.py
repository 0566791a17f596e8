"""A model on a GPU behind the Open Inference Protocol (V2, REST, JSON), with what a DCGM exporter tells of the GPU.

It exists to load a real GPU and to record what tools say of it: see README.md. Needs aiohttp, torch with CUDA, and nvidia-ml-py.

  GET  /v2/health/live, /v2/health/ready, /v2, /v2/models/layers, /v2/models/layers/ready
  POST /v2/models/layers/infer   FP32 `input` of shape [rows, 64], FP32 `output` of the same shape
  GET  /metrics                  the metrics of DCGM exporter that NVML knows too, under the names and in the units of DCGM exporter
"""

import argparse
import asyncio
import json
import socket
from concurrent.futures import ThreadPoolExecutor

import pynvml
import torch
from aiohttp import web

MODEL = "layers"
WIDTH = 64
HIDDEN = 8192
LAYERS = 16

pynvml.nvmlInit()
torch.manual_seed(0)
device = torch.device("cuda")
first = torch.randn(WIDTH, HIDDEN, device=device, dtype=torch.bfloat16) / WIDTH**0.5
layers = [torch.randn(HIDDEN, HIDDEN, device=device, dtype=torch.bfloat16) / HIDDEN**0.5 for _ in range(LAYERS)]
last = torch.randn(HIDDEN, WIDTH, device=device, dtype=torch.bfloat16) / HIDDEN**0.5
# One inference after the other, as one model instance would.
gpu = ThreadPoolExecutor(1)


@torch.inference_mode()
def compute(values, rows):
    hidden = torch.tensor(values, dtype=torch.float32).reshape(rows, WIDTH).to(device, torch.bfloat16) @ first
    for layer in layers:
        hidden = torch.relu(hidden @ layer)
    return (hidden @ last).float().flatten().tolist()


def error(message, status=400):
    return web.json_response({"error": message}, status=status)


def flat(data):
    return [number for row in data for number in flat(row)] if data and isinstance(data[0], list) else data


async def infer(request):
    if request.match_info["model"] != MODEL:
        return error(f"there is no model {request.match_info['model']}", 404)
    try:
        asked = json.loads(await request.read())
        (tensor,) = asked["inputs"]
        rows, width = tensor["shape"]
        values = [float(value) for value in flat(tensor["data"])]
        named = [output["name"] for output in asked.get("outputs", [])]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as problem:
        return error(f"the request cannot be read: {problem!r}")
    if tensor.get("name") != "input" or tensor.get("datatype") != "FP32":
        return error("the model has one input, of name input and datatype FP32")
    if any(name != "output" for name in named):
        return error("the model has one output, of name output")
    if not isinstance(rows, int) or width != WIDTH or rows < 1 or len(values) != rows * width:
        return error(f"input must have the shape [rows, {WIDTH}] and as many values")
    data = await asyncio.get_running_loop().run_in_executor(gpu, compute, values, rows)
    output = {"name": "output", "datatype": "FP32", "shape": [rows, WIDTH], "data": data}
    answer = {"model_name": MODEL, "outputs": [output]}
    if "id" in asked:
        answer["id"] = asked["id"]
    return web.json_response(answer)


async def metadata(request):
    if request.match_info["model"] != MODEL:
        return error(f"there is no model {request.match_info['model']}", 404)
    tensor = {"datatype": "FP32", "shape": [-1, WIDTH]}
    return web.json_response(
        {
            "name": MODEL,
            "versions": [],
            "platform": "pytorch",
            "inputs": [{"name": "input", **tensor}],
            "outputs": [{"name": "output", **tensor}],
        }
    )


GAUGES = [
    ("DCGM_FI_DEV_SM_CLOCK", "SM clock frequency (in MHz).", lambda h: pynvml.nvmlDeviceGetClockInfo(h, pynvml.NVML_CLOCK_SM)),
    ("DCGM_FI_DEV_MEM_CLOCK", "Memory clock frequency (in MHz).", lambda h: pynvml.nvmlDeviceGetClockInfo(h, pynvml.NVML_CLOCK_MEM)),
    ("DCGM_FI_DEV_GPU_TEMP", "GPU temperature (in C).", lambda h: pynvml.nvmlDeviceGetTemperature(h, pynvml.NVML_TEMPERATURE_GPU)),
    ("DCGM_FI_DEV_POWER_USAGE", "Power draw (in W).", lambda h: pynvml.nvmlDeviceGetPowerUsage(h) / 1000),
    ("DCGM_FI_DEV_GPU_UTIL", "GPU utilization (in %).", lambda h: pynvml.nvmlDeviceGetUtilizationRates(h).gpu),
    ("DCGM_FI_DEV_MEM_COPY_UTIL", "Memory utilization (in %).", lambda h: pynvml.nvmlDeviceGetUtilizationRates(h).memory),
    ("DCGM_FI_DEV_FB_USED", "Framebuffer memory used (in MiB).", lambda h: pynvml.nvmlDeviceGetMemoryInfo(h).used // 2**20),
]
COUNTERS = [
    ("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "Total energy consumption since boot (in mJ).", pynvml.nvmlDeviceGetTotalEnergyConsumption),
]


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def exposition():
    handles = [pynvml.nvmlDeviceGetHandleByIndex(i) for i in range(pynvml.nvmlDeviceGetCount())]
    lines = []
    for kind, metrics in (("gauge", GAUGES), ("counter", COUNTERS)):
        for name, title, read in metrics:
            lines += [f"# HELP {name} {title}", f"# TYPE {name} {kind}"]
            for index, handle in enumerate(handles):
                labels = {
                    "gpu": index,
                    "UUID": text(pynvml.nvmlDeviceGetUUID(handle)),
                    "device": f"nvidia{index}",
                    "modelName": text(pynvml.nvmlDeviceGetName(handle)),
                    "Hostname": socket.gethostname(),
                }
                told = ",".join(f'{key}="{value}"' for key, value in labels.items())
                try:
                    lines.append(f"{name}{{{told}}} {read(handle)}")
                except pynvml.NVMLError:
                    pass
    return "\n".join(lines) + "\n"


async def metrics(_):
    return web.Response(text=exposition(), content_type="text/plain")


async def ready(request):
    if request.match_info["model"] != MODEL:
        return error(f"there is no model {request.match_info['model']}", 404)
    return web.Response()


async def nothing(_):
    return web.Response()


async def server(_):
    return web.json_response({"name": "interop-gpu", "version": torch.__version__, "extensions": []})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    port = parser.parse_args().port
    compute([0.0] * WIDTH, 1)
    app = web.Application(client_max_size=64 * 2**20)
    app.add_routes(
        [
            web.get("/v2/health/live", nothing),
            web.get("/v2/health/ready", nothing),
            web.get("/v2", server),
            web.get("/v2/models/{model}", metadata),
            web.get("/v2/models/{model}/ready", ready),
            web.post("/v2/models/{model}/infer", infer),
            web.get("/metrics", metrics),
        ]
    )
    web.run_app(app, host="127.0.0.1", port=port, access_log=None)


if __name__ == "__main__":
    main()
