export type { Endpoint, TlsOptions, TransportOptions } from "./endpoint.ts";
export { type EventStream, readEventStream, type StreamEvent, writeEvent } from "./event-stream.ts";
export {
  type BodyEvent,
  bodyOf,
  type Exchange,
  type FailureCode,
  type GrpcRequest,
  type Headers,
  type HttpRequest,
  headerOf,
  type ResponseHead,
  type SendOptions,
  type Transport,
  type TransportFailure,
  type WireRequest,
} from "./exchange.ts";
export { frameMessage, type GrpcFrame, readFrames } from "./grpc-frames.ts";
export { GRPC_CODES, type GrpcCodeName, type GrpcOutcome, grpcOutcome } from "./grpc-status.ts";
export { openTransport } from "./open-transport.ts";
export { type RecordedExchange, recording } from "./recording.ts";
export { redactExchange, type Secrets, secretsOf } from "./redact.ts";
export { replaying } from "./replaying.ts";
export { readTranscript, writeTranscript } from "./transcript.ts";
