/**
 * Resolution of the time stamps that the library engines get: the clock counts nanoseconds, but a library's callbacks
 * stand some hundred nanoseconds of JavaScript before and after the system calls.
 */
export const STAMP_RESOLUTION_NS = 1_000;
