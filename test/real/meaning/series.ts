import { Random } from '../../promql/random.ts';
import { generateOpenMetrics, linesOf } from './open-metrics.ts';
import { generateRemoteSeries, type RemoteSeries } from './remote-series.ts';
import { type Owner, OWNERS } from './tenants.ts';

const SEED = 20_240_228;

/** What a server of some owners holds. */
export interface OwnedSeries {
  /** Floats and classic histograms, in the OpenMetrics text format. */
  readonly openMetrics: string;
  /** What that format cannot carry. */
  readonly remoteSeries: readonly RemoteSeries[];
}

/** The series of these owners: the same ones every time, whoever else is asked for. */
export function seriesOf(owners: readonly Owner[]): OwnedSeries {
  const openMetrics = generateOpenMetrics(new Random(SEED));
  const remoteSeries = generateRemoteSeries(new Random(SEED));
  return {
    openMetrics: owners === OWNERS ? openMetrics : linesOf(openMetrics, owners),
    remoteSeries: remoteSeries.filter(({ owner }) => owners.includes(owner)),
  };
}
