import { Injectable, type ArgumentMetadata, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { InvalidInput, Refusal, type InputFault } from '../domain/errors.ts';
import { isPeriod, type Period } from '../domain/period.ts';
import { isKeepable } from './fields.ts';

/** Bodies and queries become their request class, every fault named at once. @throws InvalidInput */
@Injectable()
export class RequestPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if ((type !== 'body' && type !== 'query') || metatype === undefined) return value;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw new InvalidInput([
        {
          file: type,
          code: 'not_an_object',
          message: 'it has to be one JSON object',
          remedy: 'See /api/v1/openapi.json.',
        },
      ]);
    }
    const request = plainToInstance(metatype as Type<object>, value);
    const errors = validateSync(request, {
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: false,
      stopAtFirstError: true,
    });
    if (errors.length > 0) throw new InvalidInput(errors.map((error) => faultOf(error, type)));
    return request;
  }
}

function faultOf(error: ValidationError, file: string): InputFault {
  const [[code, message] = ['invalid', 'it cannot be taken']] = Object.entries(error.constraints ?? {});
  const got = JSON.stringify(error.value)?.slice(0, 100);
  const isUnknown = code === 'whitelistValidation';
  return {
    file,
    column: error.property,
    ...(got === undefined ? {} : { value: got }),
    code: isUnknown ? 'unknown_field' : 'bad_value',
    message: isUnknown ? 'there is no such field' : message,
    remedy: 'See /api/v1/openapi.json.',
  };
}

/** A period of the path. @throws InvalidInput */
@Injectable()
export class PeriodPipe implements PipeTransform<string, Period> {
  transform(text: string): Period {
    if (isPeriod(text)) return text;
    throw new InvalidInput([
      {
        file: 'path',
        column: 'period',
        value: text.slice(0, 100),
        code: 'bad_period',
        message: 'a period is a month',
        remedy: 'Write it like 2026-05.',
      },
    ]);
  }
}

/** A code or number of the path: what cannot be one is not there. @throws Refusal not_found */
@Injectable()
export class CodePipe implements PipeTransform<string, string> {
  transform(text: string): string {
    if (isKeepable(text, 300)) return text;
    throw new Refusal('not_found', 'there is nothing of this name', { kind: 'not_found' });
  }
}
