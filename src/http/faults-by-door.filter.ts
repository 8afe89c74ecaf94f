import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request } from 'express';

export const IS_API = /^\/api(\/|$)/;

/** A fault is told in the language of the door it came through: problem+json to programs, a page to people. */
@Catch()
export class FaultsByDoor implements ExceptionFilter {
  constructor(private readonly doors: { readonly api: ExceptionFilter; readonly pages: ExceptionFilter }) {}

  catch(fault: unknown, host: ArgumentsHost): void {
    const { path } = host.switchToHttp().getRequest<Request>();
    (IS_API.test(path) ? this.doors.api : this.doors.pages).catch(fault, host);
  }
}
