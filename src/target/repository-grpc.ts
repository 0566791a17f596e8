import protobuf from "protobufjs";
import { assetText } from "../base/assets.ts";
import { messageOf } from "../base/errors.ts";

export type RepositoryMethod = "RepositoryModelLoad" | "RepositoryModelUnload";

/** The path of a method by which KServe's model server loads or unloads a model. */
export function repositoryPath(method: RepositoryMethod): `/${string}` {
  return `/inference.GRPCInferenceService/${method}`;
}

/** The messages of these methods by their names in the .proto file. */
export interface RepositoryMessages {
  readonly RepositoryModelLoadRequest: { readonly model_name: string };
  readonly RepositoryModelLoadResponse: { readonly model_name: string; readonly isLoaded: boolean };
  readonly RepositoryModelUnloadRequest: { readonly model_name: string };
  readonly RepositoryModelUnloadResponse: { readonly model_name: string; readonly isUnloaded: boolean };
}

/** Protobuf bytes of a message. */
export function encodeRepository<Name extends keyof RepositoryMessages>(
  name: Name,
  value: RepositoryMessages[Name],
): Uint8Array {
  return new Uint8Array(typeOf(name).encode(value).finish());
}

/** Reads a message: what is unset has its default, unknown fields are passed over. Throws an Error for bytes that are no such message. */
export function decodeRepository<Name extends keyof RepositoryMessages>(
  name: Name,
  bytes: Uint8Array,
): RepositoryMessages[Name] {
  const type = typeOf(name);
  try {
    return type.toObject(type.decode(bytes), { defaults: true }) as RepositoryMessages[Name];
  } catch (thrown) {
    throw new Error(`the ${bytes.length} bytes are no ${name}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

let root: protobuf.Root | undefined;

function typeOf(name: string): protobuf.Type {
  if (!root) {
    root = protobuf.parse(assetText("#protos/kserve_repository.proto"), { keepCase: true }).root;
    root.resolveAll();
  }
  return root.lookupType(`inference.${name}`);
}
