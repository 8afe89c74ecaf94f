import {
  applyDecorators,
  Controller,
  Delete,
  Get,
  HttpCode,
  Post,
  Put,
  SetMetadata,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiOperation,
  ApiProduces,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { BearerGuard } from './bearer.guard.ts';
import { OPERATION, type Operation } from './operation-kind.ts';
import { RequestInterceptor } from './request.interceptor.ts';
import { RequestPipe } from './request.pipe.ts';

interface Text {
  /** one line, as the shell says it */
  readonly about: string;
  /** media types of the answer when it is not JSON only */
  readonly types?: readonly string[];
  readonly upload?: boolean;
  /** with `Prefer: respond-async` it is answered by a job */
  readonly long?: boolean;
  /** an edit: takes `If-Match` */
  readonly edits?: boolean;
  /** it is always answered by a job */
  readonly job?: boolean;
  readonly shownOnce?: readonly string[];
}

/** A family of routes below /api/v1: only with a token, requests checked, refusals as problem+json. */
export function Api(family: string, path = ''): ClassDecorator {
  return applyDecorators(
    Controller(`api/v1${path === '' ? '' : `/${path}`}`),
    UseGuards(BearerGuard),
    UseInterceptors(RequestInterceptor),
    UsePipes(RequestPipe),
    ApiTags(family),
    ApiBearerAuth(),
  );
}

export function Reads(path: string, text: Text): MethodDecorator {
  return route(Get(path), { kind: 'read' }, text, []);
}
/** Computes and keeps nothing. */
export function Tries(path: string, text: Text): MethodDecorator {
  return route(Post(path), { kind: 'try', upload: text.upload ?? false }, text, []);
}
export function Does(path: string, text: Text): MethodDecorator {
  return route(Post(path), deed(text), text, [KEY, ...(text.long ? [PREFER] : []), ...(text.edits ? [IF_MATCH] : [])]);
}
export function Sets(path: string, text: Text): MethodDecorator {
  return route(Put(path), deed(text), text, [KEY, ...(text.edits ? [IF_MATCH] : [])]);
}
export function Ends(path: string, text: Text): MethodDecorator {
  return route(Delete(path), deed(text), text, [KEY]);
}

const deed = ({ upload = false, shownOnce = [] }: Text): Operation => ({ kind: 'deed', upload, shownOnce });

const KEY = ApiHeader({
  name: 'Idempotency-Key',
  required: true,
  description: 'names this request for its sender; the same key again gives the same answer and changes nothing',
  schema: { type: 'string', minLength: 1, maxLength: 128 },
});

const IF_MATCH = ApiHeader({
  name: 'If-Match',
  required: false,
  description: 'entity tag of what the sender has seen; when it is something else by now: 412, and nothing is changed',
  schema: { type: 'string', maxLength: 1_000 },
});

const PREFER = ApiHeader({
  name: 'Prefer',
  required: false,
  description: '`respond-async`: do not wait for the outcome but answer 202 with a job',
  schema: { type: 'string', maxLength: 200 },
});

const REFUSALS: Readonly<Record<number, string>> = {
  400: 'cannot be read; `errors` names each fault',
  401: 'no token, or one that is not good',
  403: 'not with this role',
  404: 'not there, or not yours',
  409: 'not in this state',
  412: 'not any more what If-Match names',
  413: 'too large',
  415: 'a type of body that is not taken',
  422: 'a rule says no',
  429: 'too many tries',
  500: 'a defect, or the books do not balance',
  503: 'the database or the machine cannot work just now',
};
const ACCEPTED = ApiResponse({
  status: 202,
  description: 'it will be done: the job is at `Location`',
  headers: { Location: { schema: { type: 'string' } } },
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Job' } } },
});
const PROBLEM = { $ref: '#/components/schemas/Problem' };
export const UPLOAD_TYPES = [
  'text/csv',
  'application/gzip',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/octet-stream',
] as const;

function route(verb: MethodDecorator, operation: Operation, text: Text, more: MethodDecorator[]): MethodDecorator {
  const file = { type: 'string', format: 'binary' } as const;
  const { about: summary, types = ['application/json'] } = text;
  return applyDecorators(
    verb,
    ...(operation.kind === 'read' ? [] : [HttpCode(200)]),
    SetMetadata(OPERATION, operation),
    ApiOperation({ summary }),
    ApiProduces(...types),
    ...(text.job
      ? []
      : [
          ApiResponse({
            status: 200,
            description: 'done',
            content: Object.fromEntries(
              types.map((type) => [type, { schema: type === 'application/json' ? { type: 'object' } : file }]),
            ),
          }),
        ]),
    ...(text.job || text.long ? [ACCEPTED] : []),
    ...Object.entries(REFUSALS).map(([status, description]) =>
      ApiResponse({
        status: Number(status),
        description,
        content: { 'application/problem+json': { schema: PROBLEM } },
      }),
    ),
    ...(operation.upload ? [ApiConsumes(...UPLOAD_TYPES, 'multipart/form-data'), ApiBody({ schema: file })] : []),
    ...more,
  );
}
