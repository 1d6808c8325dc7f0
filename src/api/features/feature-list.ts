import { CATALOG_ID, STATELESS_FEATURES } from '../../features/feature-catalog.ts';
import type { FeatureDefinition } from '../../features/feature-definition.ts';
import { RECORD_FEATURES } from '../../features/record-families.ts';
import type { WireFeatures } from './features-routes.ts';

/** Every column of this build, in the order of the catalogue. */
export function featureList(): WireFeatures {
  const of =
    (kind: WireFeatures['features'][number]['kind']) =>
    ({ name, group, description, definition }: FeatureDefinition): WireFeatures['features'][number] => ({
      name,
      group,
      kind,
      sentence: description,
      definition,
    });
  return {
    catalog_id: CATALOG_ID,
    features: [...STATELESS_FEATURES.map(of('stateless')), ...RECORD_FEATURES.map(of('track_record'))],
  };
}
