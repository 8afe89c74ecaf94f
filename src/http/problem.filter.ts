import { STATUS_CODES } from 'node:http';
import { HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { InvalidInput, OutOfBalance, Refusal, type InputFault } from '../domain/errors.ts';

/** RFC 9457 problem details. `code` is stable; `next` says what helps. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly next?: string | undefined;
  readonly details?: readonly string[];
  readonly errors?: readonly ProblemFault[];
}

export interface ProblemFault {
  /** JSON pointer into the body, or the name of a header or of a parameter */
  readonly pointer?: string;
  readonly line?: number;
  readonly column?: string;
  readonly got?: string;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

type Said = Pick<Problem, 'status' | 'code' | 'detail' | 'next' | 'details' | 'errors'>;

const STATUS_OF = { not_found: 404, forbidden: 403, conflict: 409, unprocessable: 422 } as const;
/** Refusals about who acts, before any right is looked at. */
const NOBODY: readonly string[] = ['bad_token', 'token_missing'];
/** Of PostgreSQL and of the network: nothing was kept, the same request may be sent again. */
const UNAVAILABLE = /^(ECONN\w+|ENOTFOUND|EAI_AGAIN|EPIPE|ENOSPC|53\w{3}|57P0\d|08\w{3}|40001|40P01|55P03)$/;

/** Whatever an API route throws becomes problem+json: no stack, no words of a library. */
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(fault: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
    const said = problemOf(fault);
    if (said.status >= 500)
      this.log.error(
        { err: fault, path: request.path, requestId: response.getHeader('X-Request-Id') },
        'a request failed',
      );
    if (response.headersSent) {
      response.end();
      return;
    }
    if (said.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="answerable"');
    if (said.status === 503) response.setHeader('Retry-After', '2');
    const problem: Problem = {
      type: `urn:answerable:problem:${said.code}`,
      title: STATUS_CODES[said.status] ?? 'Problem',
      instance: request.path,
      ...said,
    };
    response.status(said.status).setHeader('Cache-Control', 'no-store');
    // `send` of text would add a charset that RFC 9457 does not know.
    response.setHeader('Content-Type', 'application/problem+json');
    response.end(JSON.stringify(problem));
  }
}

function problemOf(fault: unknown): Said {
  if (fault instanceof Refusal) {
    const status = NOBODY.includes(fault.code) ? 401 : fault.code === 'too_many_tries' ? 429 : STATUS_OF[fault.kind];
    const details = fault.details.length === 0 ? {} : { details: fault.details };
    return { status, code: fault.code, detail: fault.message, next: fault.next, ...details };
  }
  if (fault instanceof InvalidInput)
    return { status: 400, code: 'invalid_input', detail: fault.message, errors: fault.faults.map(shown) };
  if (fault instanceof OutOfBalance)
    return { status: 500, code: 'out_of_balance', detail: fault.message, details: fault.differences };
  const status = statusOf(fault);
  if (status < 500) return { status, code: CODES[status] ?? 'malformed', detail: DETAILS[status] ?? DETAILS[400]! };
  return status === 503
    ? { status, code: 'unavailable', detail: 'the database or the machine cannot work just now; nothing was kept' }
    : { status, code: 'defect', detail: 'a defect of ours; nothing was kept' };
}

const CODES: Readonly<Record<number, string>> = { 404: 'no_such_route', 413: 'too_large', 415: 'wrong_type' };
const DETAILS: Readonly<Record<number, string>> = {
  400: 'the request cannot be read',
  404: 'there is no such route',
  413: 'that is more than a request may hold',
  415: 'the body is of a type that this route does not take',
};

function statusOf(fault: unknown): number {
  if (fault instanceof HttpException) return fault.getStatus();
  if (fault instanceof URIError) return 400;
  const inner = fault instanceof AggregateError ? (fault.errors[0] as unknown) : fault;
  const { statusCode, code } = (inner ?? {}) as { statusCode?: unknown; code?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) return statusCode;
  if (typeof code === 'string' && UNAVAILABLE.test(code)) return 503;
  // TypeORM lets go of a connection that broke under a transaction, and says so at the next statement only.
  return inner instanceof Error && inner.message.includes('query runner was already released') ? 503 : 500;
}

function shown(fault: InputFault): ProblemFault {
  const { line, column, value, code, message, remedy } = fault;
  const inBody = fault.file === 'body' && column !== undefined;
  return {
    ...(inBody ? { pointer: `/${column.replaceAll('~', '~0').replaceAll('/', '~1')}` } : {}),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined || inBody ? {} : { column }),
    ...(value === undefined ? {} : { got: value }),
    ...{ code, message, remedy },
  };
}
