// Whether another window of this browser has the page open.

/** Whether this window is the first; it then stays so until it is closed. */
export function isOnlyWindow(name: string): Promise<boolean> {
  const { locks } = navigator;
  // Browsers of some years ago cannot tell.
  if (locks === undefined) {
    return Promise.resolve(true);
  }
  return new Promise((resolve, reject) => {
    const whenAsked = (lock: Lock | null): Promise<void> | undefined => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise<void>(() => undefined);
    };
    locks.request(name, { ifAvailable: true }, whenAsked).catch(reject);
  });
}
