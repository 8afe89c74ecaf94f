/** A promise that is awaited later: where that never comes, as something else failed before, nobody asks how it ended. */
export function heardLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
