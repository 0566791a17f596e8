"""Calls of a client library, each told in one line of JSON: what was called, and whether it did what the protocol promises."""

import json
import traceback

import ml_dtypes
import numpy as np


def array(dtype, *values):
    return np.array(values, dtype=dtype).reshape(2, 2)


def limits(dtype):
    info = np.iinfo(dtype)
    return array(dtype, info.min, info.max, 0, 1)


# Two rows of two, with the ends of each range; numbers that every encoding carries exactly.
TENSORS = {
    "BOOL": array(bool, True, False, False, True),
    **{f"{sign.upper()}INT{bits}": limits(f"{sign}int{bits}") for sign in ("u", "") for bits in (8, 16, 32, 64)},
    "FP16": array(np.float16, 0.5, -65504, 6.1e-05, 0),
    "FP32": array(np.float32, 0.5, -3.4028235e38, 1.1754944e-38, 0.1),
    "FP64": array(np.float64, 0.1, -1.7976931348623157e308, 2.2250738585072014e-308, 1e22),
    "BF16": array(ml_dtypes.bfloat16, 0.5, -3.3895314e38, 1.1754944e-38, 0),
    "BYTES": array(object, b"", "é".encode(), "日本語".encode(), b'with "quotes"\n'),
}

ANY_BYTES = array(object, b"\x00", b"\xff\xfe", b"a" * 70_000, b"\x80")


def same(actual, expected):
    """Whether two arrays are the same bit for bit, elements of BYTES as bytes."""
    if actual is None or actual.shape != expected.shape:
        return False
    if expected.dtype == object:
        as_bytes = [each.encode() if isinstance(each, str) else each for each in actual.flat]
        return as_bytes == list(expected.flat)
    return actual.dtype == expected.dtype and actual.tobytes() == expected.tobytes()


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def check_same(actual, expected):
    check(same(actual, expected), f"got {actual!r}, not {expected!r}")


def tell(call, problem=None):
    print(json.dumps({"call": call, **({} if problem is None else {"problem": problem})}), flush=True)


def run(call, body):
    """Makes one call and tells how it went."""
    try:
        body()
    except Exception as thrown:
        told = "".join(traceback.format_exception_only(thrown)).strip()
        tell(call, told)
    else:
        tell(call)
