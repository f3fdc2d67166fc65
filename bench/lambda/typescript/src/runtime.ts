// The loop of Lambda's Node.js runtime without its native addon and its logger: lighter than the one on AWS.

import http from "node:http";

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API!.split(":");

interface Answer {
  headers: http.IncomingHttpHeaders;
  body: string;
}

function call(method: string, path: string, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const request = http.request({ host, port, agent, method, headers, path: `/2018-06-01/runtime/${path}` }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

export interface Context {
  requestId: string;
  deadlineMs: number;
}

/** Serves the Runtime API until the process is stopped. */
export async function run(handler: (event: any, context: Context) => Promise<unknown>): Promise<never> {
  for (;;) {
    const { headers, body } = await call("GET", "invocation/next");
    const id = String(headers["lambda-runtime-aws-request-id"]);
    try {
      const result = await handler(JSON.parse(body), { requestId: id, deadlineMs: Number(headers["lambda-runtime-deadline-ms"]) });
      await call("POST", `invocation/${id}/response`, JSON.stringify(result));
    } catch (error: any) {
      const failure = { errorType: error?.name ?? "Error", errorMessage: String(error?.message ?? error) };
      await call("POST", `invocation/${id}/error`, JSON.stringify(failure));
    }
  }
}
