/** What `expect.addSnapshotSerializer` takes; stated here so that the declarations do not need jest's. */
export interface SnapshotSerializer {
  /** Whether this serializer prints the value. */
  readonly test: (value: unknown) => boolean;
  /** The value as text; `printChild` hands a value back to jest. */
  readonly print: (value: unknown, printChild: (child: unknown) => string) => string;
}
