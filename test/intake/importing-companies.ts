import { ImportingCompany } from './importing.ts';

/** Companies that a test makes as it needs them, closed at its end; `close` where a property makes many. */
export function importingCompanies(): {
  readonly fresh: () => Promise<ImportingCompany>;
  readonly close: () => Promise<void>;
} {
  const companies: ImportingCompany[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(companies.splice(0).map((company) => company.close()));
  };
  afterEach(close);
  const fresh = async (): Promise<ImportingCompany> => {
    const company = await ImportingCompany.make();
    companies.push(company);
    return company;
  };
  return { fresh, close };
}
