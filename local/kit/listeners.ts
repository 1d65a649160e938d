/** The listeners of one kind of event. */
export function createListeners<T>() {
  const listeners = new Set<(event: T) => void>();
  return {
    tell(event: T): void {
      for (const listener of listeners) listener(event);
    },
    add(listener: (event: T) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
