import { z } from 'zod';
import { FEATURE_GROUPS } from '../../features/feature-definition.ts';
import { defineRoutes } from '../route.ts';

const featuresSchema = z
  .object({
    catalog_id: z.string().meta({ description: 'Of this build; a model names the one it was made with.' }),
    features: z.array(
      z.object({
        name: z.string(),
        group: z.enum(FEATURE_GROUPS),
        kind: z.enum(['stateless', 'track_record']).meta({
          description: 'From the alert and its context alone, or from how alerts of its kind were judged.',
        }),
        sentence: z
          .string()
          .meta({ description: 'What it is, with unit and range, and when it is missing.' }),
        definition: z.int().min(1).meta({ description: 'Version of the definition under this name.' }),
      }),
    ),
  })
  .meta({ id: 'Features' });
export type WireFeatures = z.infer<typeof featuresSchema>;

export const FEATURES_ROUTES = defineRoutes({
  features: {
    method: 'get',
    path: '/features',
    role: 'scorer',
    summary: 'The dictionary of columns',
    description:
      'What each column that the models look at means: the names in explanations, importances and drift.',
    polled: {},
    success: { status: 200, description: 'The columns.', schemas: [featuresSchema] },
    example: () => ({}),
  },
});
