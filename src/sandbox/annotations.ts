/** Annotations on a pod template that tell the sandbox how its pods behave. */
export const annotations = {
  /** From creation to Running, such as `5s`. */
  startDelay: 'sandbox.haldane.dev/start-delay',
  /** `"true"`: runs, but is never ready. */
  neverReady: 'sandbox.haldane.dev/never-ready',
  /** Share of requests answered with 500, such as `"0.03"`. */
  failureRatio: 'sandbox.haldane.dev/failure-ratio',
  /** Median time to an answer, such as `40ms`. */
  latency: 'sandbox.haldane.dev/latency',
  /** Resident memory in MiB, such as `"120"`; without it the pods tell none. */
  memory: 'sandbox.haldane.dev/memory',
  /** Version of the proxy, such as `1.30.0`; without it the pods tell none. */
  proxyVersion: 'sandbox.haldane.dev/proxy-version',
  /** `"true"`: ready, but refuses every connection. */
  crash: 'sandbox.haldane.dev/crash',
} as const
