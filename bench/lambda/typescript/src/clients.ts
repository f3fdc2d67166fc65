// How both functions configure the SDK: connections are kept alive, and the body of a PutObject is not hashed again for the signature,
// as TLS and its CRC32 protect it.

import { S3Client } from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import https from "node:https";

/** Shared by all clients. */
export const requestHandler = new NodeHttpHandler({ httpsAgent: new https.Agent({ keepAlive: true, maxSockets: 10 }), connectionTimeout: 3000 });

export const s3 = new S3Client({ requestHandler });

s3.middlewareStack.add(
  (next) => (args: any) => {
    if (args.request.method === "PUT") args.request.headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
    return next(args);
  },
  { step: "build", name: "unsignedPayload", priority: "low" },
);
