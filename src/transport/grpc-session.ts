import { type ClientHttp2Session, connect } from "node:http2";
import type { Socket } from "node:net";
import type { Endpoint } from "./endpoint.ts";
import { openSocket } from "./open-socket.ts";

/** A connection for gRPC calls: being opened, usable, or gone. */
export interface GrpcSession {
  /** Resolves when calls can be made, rejects with the error that prevented it. */
  readonly ready: Promise<ClientHttp2Session>;
  /** False once no new call should be made on it. */
  readonly usable: boolean;
  /** The last GOAWAY that arrived. */
  readonly goaway: { readonly code: number; readonly lastStreamId: number } | undefined;
  /** The first error of the connection or of its HTTP/2 layer. */
  readonly error: Error | undefined;
  /** How many calls use or await it. */
  users: number;
  /** Ends every call on it and the connection, in whatever state. */
  destroy(): void;
}

const MAX_SESSION_MEGABYTES = 1024;

/** Starts to connect. */
export function openSession(endpoint: Endpoint): GrpcSession {
  let session: ClientHttp2Session | undefined;
  let goaway: GrpcSession["goaway"];
  let error: Error | undefined;
  let gone = false;
  let socket!: Socket;

  const note = (thrown: Error) => {
    error ??= thrown;
    gone = true;
  };
  const ready = new Promise<ClientHttp2Session>((resolve, reject) => {
    socket = openSocket(endpoint, "h2", (failed) => {
      if (failed) {
        note(failed);
        reject(failed);
        return;
      }
      session = startHttp2(socket);
      session.on("goaway", (code, lastStreamId) => {
        gone = true;
        goaway = { code, lastStreamId };
      });
      resolve(session);
    });
    socket.on("error", note);
    socket.on("close", () => {
      gone = true;
    });
  });
  // Every caller awaits it, but the last one may have given up before it rejects.
  ready.catch(note);

  const startHttp2 = (connected: Socket) => {
    const started = connect("http://target", {
      createConnection: () => connected,
      settings: { enablePush: false },
      maxSessionMemory: MAX_SESSION_MEGABYTES,
    });
    started.on("error", note);
    return started;
  };

  return {
    ready,
    get usable() {
      return !gone && session?.closed !== true && session?.destroyed !== true;
    },
    get goaway() {
      return goaway;
    },
    get error() {
      return error;
    },
    users: 0,
    destroy: () => {
      gone = true;
      session?.destroy();
      socket.destroy();
    },
  };
}
