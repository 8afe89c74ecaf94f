import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, Max, Min, ValidateBy, ValidateIf, buildMessage } from 'class-validator';
import { isPeriod } from '../domain/period.ts';

/** Fields of requests: one decorator each says what is checked and what the OpenAPI document tells. */
interface FieldText {
  readonly about: string;
  readonly example?: unknown;
  /** may be absent */
  readonly optional?: boolean;
}

const LONGEST_TEXT = 10_000;

/** Text that can be kept and given back as it came: no NUL, no half of a surrogate pair. */
export function isKeepable(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length <= max && !/[\0\p{Cs}]/u.test(value);
}

export function Text({ max = LONGEST_TEXT, ...text }: FieldText & { readonly max?: number }): PropertyDecorator {
  return field(text, { type: 'string', maxLength: max }, [
    rule(
      'text',
      (value) => isKeepable(value, max),
      `it takes text of at most ${max} characters, without NUL and without halves of surrogate pairs`,
    ),
  ]);
}

/** Decimal text; how many digits it may have is the currency's to say. */
export function Amount(text: FieldText): PropertyDecorator {
  return field({ example: '12.34', ...text }, { type: 'string', format: 'decimal', maxLength: 64 }, [
    rule('amount', (value) => isKeepable(value, 64), 'it takes an amount as decimal text, e.g. "12.34"'),
  ]);
}

export function PeriodText(text: FieldText): PropertyDecorator {
  return field({ example: '2026-05', ...text }, { type: 'string', pattern: '^[12]\\d{3}-(0[1-9]|1[0-2])$' }, [
    rule('period', (value) => typeof value === 'string' && isPeriod(value), 'a period is a month like 2026-05'),
  ]);
}

export function OneOf(values: readonly string[], text: FieldText): PropertyDecorator {
  return field(text, { type: 'string', enum: [...values] }, [IsIn(values)]);
}

export function Flag(text: FieldText): PropertyDecorator {
  return field(text, { type: 'boolean' }, [IsBoolean()]);
}

/** A flag of the query, where everything is text. */
export function QueryFlag(text: FieldText): PropertyDecorator {
  return field({ optional: true, ...text }, { type: 'boolean' }, [
    Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value)),
    IsBoolean(),
  ]);
}

export function Whole({ min, max, ...text }: FieldText & { min: number; max: number }): PropertyDecorator {
  return field(text, { type: 'integer', minimum: min, maximum: max }, [IsInt(), Min(min), Max(max)]);
}

/** A whole number of the query. */
export function QueryWhole({ min, max, ...text }: FieldText & { min: number; max: number }): PropertyDecorator {
  return field({ optional: true, ...text }, { type: 'integer', minimum: min, maximum: max }, [
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
    ),
    IsInt(),
    Min(min),
    Max(max),
  ]);
}

export function Texts({ max, ...text }: FieldText & { max: number }): PropertyDecorator {
  return field(text, { type: 'array', items: { type: 'string', maxLength: max } }, [
    IsArray(),
    rule(
      'texts',
      (value) => Array.isArray(value) && value.length <= 1_000 && value.every((item) => isKeepable(item, max)),
      `it takes a list of at most 1,000 texts of at most ${max} characters`,
    ),
  ]);
}

/** Objects whose fields are checked by who reads them. */
export function Records({ most, ...text }: FieldText & { most: number }): PropertyDecorator {
  const isRecord = (item: unknown): boolean => item !== null && typeof item === 'object' && !Array.isArray(item);
  return field(text, { type: 'array', items: { type: 'object' }, maxItems: most }, [
    rule(
      'records',
      (value) => Array.isArray(value) && value.length > 0 && value.length <= most && value.every(isRecord),
      `it takes a list of 1 to ${most} objects`,
    ),
  ]);
}

/** An object whose keys are checked by who reads it. */
export function SomeRecord(text: FieldText): PropertyDecorator {
  return field(text, { type: 'object' }, [
    rule(
      'record',
      (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
      'it takes an object',
    ),
  ]);
}

type Schema = Readonly<Record<string, unknown>>;

function field(text: FieldText, schema: Schema, rules: readonly PropertyDecorator[]): PropertyDecorator {
  const { about: description, example, optional = false } = text;
  const shown = { ...schema, description, required: !optional, ...(example === undefined ? {} : { example }) };
  return applyDecorators(
    ApiProperty(shown as Parameters<typeof ApiProperty>[0]),
    // null says something, absent does not
    ...(optional ? [ValidateIf((_, value) => value !== undefined)] : []),
    ...rules,
  );
}

function rule(name: string, holds: (value: unknown) => boolean, message: string): PropertyDecorator {
  return ValidateBy({ name, validator: { validate: holds, defaultMessage: buildMessage(() => message) } });
}
