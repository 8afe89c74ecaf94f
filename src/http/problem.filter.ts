import { STATUS_CODES } from 'node:http';
import { HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { DEFECT, failureOf, isUnavailable, type Failure } from '../application/failure.ts';
import { InvalidInput, Refusal, type InputFault } from '../domain/errors.ts';
import { requestIdOf } from '../request-log.ts';

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
/** Refusals about who acts, before any right is looked at; and those for which HTTP has a word of its own. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  ...{ bad_token: 401, token_missing: 401, too_many_tries: 429 },
  ...{ changed_meanwhile: 412, no_version_given: 428 },
};

/** Whatever an API route throws becomes problem+json: no stack, no words of a library. */
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(fault: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
    const said = problemOf(fault);
    if (said.status >= 500)
      this.log.error({ err: fault, path: request.path, requestId: requestIdOf(response) }, 'a request failed');
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
  const failure = failureOf(fault);
  if (failure !== undefined) return { status: failureStatus(fault), ...shownFailure(failure) };
  const status = statusOf(fault);
  if (status < 500) return { status, code: CODES[status] ?? 'malformed', detail: DETAILS[status] ?? DETAILS[400]! };
  return status === 503
    ? { status, code: 'unavailable', detail: 'the database or the machine cannot work just now; nothing was kept' }
    : { status, ...shownFailure(DEFECT) };
}

/** Faults of input as problems show them. */
export function shownFailure({ errors, ...failure }: Failure): Omit<Said, 'status'> {
  return { ...failure, ...(errors === undefined ? {} : { errors: errors.map(shown) }) };
}

function failureStatus(fault: unknown): number {
  if (fault instanceof InvalidInput) return 400;
  if (!(fault instanceof Refusal)) return 500;
  return STATUS_OF_CODE[fault.code] ?? STATUS_OF[fault.kind];
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
  const { statusCode } = (inner ?? {}) as { statusCode?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) return statusCode;
  return isUnavailable(fault) ? 503 : 500;
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
