/** Tells how far long work is: a word or two, and how much of how much. */
export type OnStep = (step: string, done: number, total: number) => void;
