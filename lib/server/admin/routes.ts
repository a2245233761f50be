/**
 * What is answered over HTTP, by path and method.
 *
 * @module
 */

/** Answers a request; `host` is the address that it came from, without a port. */
export type Answer = (request: Request, host: string) => Response | Promise<Response>;

/** The methods that a route may have. */
export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** What is answered at a path. HEAD is answered as GET is, without the body. */
export interface Route extends Readonly<Partial<Record<Method, Answer>>> {
  /** Whether it is answered to who has not given the token. */
  readonly isOpen?: boolean;
}

/** Routes by their paths. */
export type Routes = Readonly<Record<string, Route>>;

/** A plain answer in a line. */
export function plain(status: number, line: string, headers?: HeadersInit): Response {
  const response = new Response(`${line}\n`, { status, ...headers && { headers } });
  response.headers.set("content-type", "text/plain; charset=utf-8");
  return response;
}

/**
 * Answers requests by a table.
 *
 * @param refusalOf Why a request is not answered, if it is not; told whether its route is open.
 */
export function answerBy(
  routes: Routes,
  refusalOf: (request: Request, isOpen: boolean) => Response | undefined,
): Answer {
  const answerOrRefuse: Answer = (request, host) => {
    const pathname = URL.parse(request.url)?.pathname;
    if (pathname === undefined) return plain(400, "The header Host is no name of a host.");
    const route = Object.hasOwn(routes, pathname) ? routes[pathname] : undefined;
    return refusalOf(request, route?.isOpen === true) ?? answer(route, request, host);
  };
  return async (request, host) => {
    const response = await answerOrRefuse(request, host);
    response.headers.set("cache-control", "no-store");
    response.headers.set("x-content-type-options", "nosniff");
    return request.method === "HEAD" ? withoutBody(response) : response;
  };
}

function answer(
  route: Route | undefined,
  request: Request,
  host: string,
): Response | Promise<Response> {
  if (route === undefined) return plain(404, "There is nothing here.");
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (isMethod(method)) {
    const answer = route[method];
    if (answer !== undefined) return answer(request, host);
  }
  const allowed = METHODS.filter((method) => route[method] !== undefined)
    .flatMap((method) => method === "GET" ? ["GET", "HEAD"] : [method]);
  return plain(405, `There is only ${allowed.join(", ")}.`, { allow: allowed.join(", ") });
}

const METHODS: readonly Method[] = ["GET", "POST", "PUT", "DELETE"];

function isMethod(name: string): name is Method {
  return METHODS.some((method) => method === name);
}

function withoutBody({ status, headers }: Response): Response {
  return new Response(null, { status, headers });
}
