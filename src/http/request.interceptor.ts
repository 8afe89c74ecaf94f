import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { OnceService } from '../application/once.service.ts';
import { sha256 } from '../domain/ids.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { ActedRequest } from './bearer.guard.ts';
import { readJson, readUpload, type Upload } from './body.ts';
import { Accepted } from './later.ts';
import { OPERATION, type Operation } from './operation-kind.ts';

/** A request with the file it brought. */
export interface UploadRequest extends ActedRequest {
  upload: Upload;
}

/** Reads the body, after the guard and never before; and does what changes something once per Idempotency-Key. */
@Injectable()
export class RequestInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly once: OnceService,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const operation = this.reflector.get<Operation>(OPERATION, context.getHandler());
    const http = context.switchToHttp();
    const [request, response] = [http.getRequest<UploadRequest>(), http.getResponse<Response>()];
    if (operation.kind === 'read') return next.handle();
    return defer(async () => {
      if (operation.upload) request.upload = await readUpload(request);
      try {
        const json = operation.upload ? undefined : await readJson(request);
        if (json) request.body = json.value;
        if (operation.kind === 'try') return await lastValueFrom(next.handle());
        const bodyHash = json?.sha256 ?? request.upload.sha256;
        return await this.onceOnly(request, response, bodyHash, operation.shownOnce ?? [], next);
      } finally {
        await (request as Partial<UploadRequest>).upload?.remove();
      }
    });
  }

  private async onceOnly(
    request: ActedRequest,
    response: Response,
    bodyHash: string,
    shownOnce: readonly string[],
    next: CallHandler,
  ): Promise<unknown> {
    const fingerprint = sha256(`${request.method} ${request.originalUrl} ${bodyHash}`);
    const answer = await this.once.once(request.actor, { key: keyOf(request), fingerprint, shownOnce }, async () => {
      const said: unknown = await lastValueFrom(next.handle());
      return said instanceof Accepted ? { status: 202, body: said.job } : { status: response.statusCode, body: said };
    });
    if (answer.replayed) response.setHeader('Idempotency-Replayed', 'true');
    if (answer.status === 202) accept(response, answer.body as { id: string });
    return answer.body;
  }
}

function accept(response: Response, { id }: { readonly id: string }): void {
  response.status(202).setHeader('Location', `/api/v1/jobs/${id}`).setHeader('Preference-Applied', 'respond-async');
  response.status = () => response; // a route has one status, which would be set again with the answer
}

function keyOf(request: Request): string {
  const key = request.header('idempotency-key');
  if (key !== undefined && /^[\x21-\x7e]{1,128}$/.test(key)) return key;
  throw new InvalidInput([
    {
      file: 'header',
      column: 'Idempotency-Key',
      ...(key === undefined ? {} : { value: key.slice(0, 100) }),
      code: key === undefined ? 'idempotency_key_missing' : 'bad_idempotency_key',
      message: 'what changes something needs a key of its sender, so that sending it again is safe',
      remedy: 'Send a new UUID with each new request, and the same with each repetition.',
    },
  ]);
}
