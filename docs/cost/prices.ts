/** List prices of AWS in US dollars, without free tiers. */
export interface Prices {
  stateTransition: number;
  lambdaRequest: number;
  /** On ARM. */
  lambdaGbSecond: number;
  fargate: Record<'ARM64' | 'X86_64', { vcpuHour: number; gbHour: number }>;
  publicAddressHour: number;
  dynamodbWrite: number;
  logsGb: number;
  metricMonth: number;
  alarmMonth: number;
  registryGbMonth: number;
  otherRegionGb: number;
}

/** Asia Pacific (Tokyo), as far as known in November 2026: https://aws.amazon.com/pricing/ is right where this is not. */
export const TOKYO: Prices = {
  stateTransition: 0.025 / 1000,
  lambdaRequest: 0.2 / 1e6,
  lambdaGbSecond: 0.000_013_333_4,
  fargate: {
    ARM64: { vcpuHour: 0.040_45, gbHour: 0.004_42 },
    X86_64: { vcpuHour: 0.050_56, gbHour: 0.005_53 },
  },
  publicAddressHour: 0.005,
  dynamodbWrite: 0.715 / 1e6,
  logsGb: 0.76,
  metricMonth: 0.3,
  alarmMonth: 0.1,
  registryGbMonth: 0.1,
  otherRegionGb: 0.09,
};
