/** Time that only moves on when everybody waits, so that what runs at once does so in a test, too. */
export class Timeline {
  private active = 0;
  private readonly sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(public now: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    this.active += 1;
    try {
      return await work();
    } finally {
      this.rest();
    }
  }

  readonly pause = (seconds: number): Promise<void> =>
    new Promise((resolve) => {
      this.sleepers.push({ at: this.now + seconds, wake: resolve });
      this.rest();
    });

  private rest(): void {
    this.active -= 1;
    if (this.active > 0) return;
    this.sleepers.sort((a, b) => a.at - b.at);
    const next = this.sleepers.shift();
    if (!next) return;
    this.active += 1;
    this.now = Math.max(this.now, next.at);
    next.wake();
  }
}
