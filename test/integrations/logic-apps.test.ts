import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { feedbackResultSchema } from '../../src/api/feedback/feedback.ts';
import { verdictSchema } from '../../src/api/predict/verdict.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { sentinelIncident } from '../../src/intake/dialects/microsoft/sentinel-incident.ts';
import { OWN_TAG } from '../../src/intake/evidence/who-closed.ts';
import {
  type Action,
  actionsOf,
  definitionOf,
  resolveInputs,
  stringsIn,
  type Template,
  templateProblems,
} from './workflow-check.ts';

const readText = (name: string): string =>
  readFileSync(new URL(`../../integrations/logic-apps/${name}.json`, import.meta.url), 'utf8');
const read = (name: string): Template => JSON.parse(readText(name)) as Template;
const PLAYBOOKS = ['score-incident', 'send-feedback'];

/** An action by name, wherever it stands. */
function actionOf(template: Template, name: string): Action {
  for (const each of actionsOf(definitionOf(template).actions)) if (each.name === name) return each.action;
  throw new Error(`Expected an action ${name}.`);
}

interface HttpInputs {
  readonly method: string;
  readonly uri: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly authentication?: { readonly type: string };
}
const httpInputs = (template: Template, name: string): HttpInputs[] =>
  resolveInputs(template, actionOf(template, name).inputs) as HttpInputs[];

describe.each(PLAYBOOKS)('the playbook %s', (name) => {
  const template = read(name);

  it('is a template whose names exist and whose actions read only what has run', () => {
    expect(templateProblems(template)).toEqual([]);
  });

  it('starts on incidents and signs in to Sentinel as itself', () => {
    expect(Object.values(definitionOf(template).triggers)).toMatchObject([
      { type: 'ApiConnectionWebhook', inputs: { path: '/incident-creation' } },
    ]);
    const types = template.resources.map(({ type }) => type);
    expect(types).toEqual([
      'Microsoft.Web/connections',
      'Microsoft.Logic/workflows',
      'Microsoft.Authorization/roleAssignments',
      'Microsoft.SecurityInsights/automationRules',
    ]);
    expect(readText(name)).toContain('"type": "ManagedServiceIdentity"');
  });

  it('sends its key in a header and hides it from the run history', () => {
    for (const { action } of actionsOf(definitionOf(template).actions)) {
      if (action.type !== 'Http') continue;
      expect(action).toMatchObject({ runtimeConfiguration: { secureData: { properties: ['inputs'] } } });
      const [withKey, asItself] = resolveInputs(template, action.inputs) as HttpInputs[];
      expect(withKey!.headers['x-functions-key']).toBe("@{parameters('functionKey')}");
      expect(asItself!.headers).not.toHaveProperty('x-functions-key');
      expect(asItself!.authentication?.type).toBe('ManagedServiceIdentity');
    }
    expect(readText(name)).not.toMatch(/[?&]code=/);
  });

  it('tells the incident when the service could not be reached', () => {
    const failure = actionOf(template, 'Comment_failure');
    expect(Object.values(failure.runAfter ?? {})).toEqual([['Failed', 'TimedOut']]);
  });

  it('names every tag it sets after the service, so that it is known again', () => {
    const tags = [...actionsOf(definitionOf(template).actions)].flatMap(({ action }) => {
      const inputs = action.inputs as { body?: { tagsToAdd?: { TagsToAdd: { Tag: string }[] } } } | undefined;
      return inputs?.body?.tagsToAdd?.TagsToAdd.map(({ Tag }) => Tag) ?? [];
    });
    expect(tags.length).toBeGreaterThan(1);
    for (const tag of tags) expect(tag).toContain(OWN_TAG);
  });
});

describe('the playbooks', () => {
  it.each([
    ['score-incident', 'Score_incident', 'predict', verdictSchema],
    ['send-feedback', 'Send_feedback', 'feedback', feedbackResultSchema],
  ])(
    '%s posts the trigger to the route %s -> %s and reads fields of its answer',
    (name, action, operation, schema) => {
      const template = read(name);
      const { method, path, query: parameters = {} } = ROUTES[operation]!;
      for (const inputs of httpInputs(template, action)) {
        expect(inputs.method).toBe(method.toUpperCase());
        const [address = '', query = ''] = inputs.uri.split('?');
        expect(address).toBe(`@{parameters('baseUrl')}${path}`);
        for (const key of new URLSearchParams(query).keys()) expect(Object.keys(parameters)).toContain(key);
        expect(inputs.body).toBe('@triggerBody()');
      }
      const fields = new Set(
        [...stringsIn(definitionOf(template).actions)].flatMap((text) =>
          [...text.matchAll(new RegExp(`body\\('${action}'\\)\\?\\['(\\w+)'\\]`, 'g'))].map(
            ([, field = '']) => field,
          ),
        ),
      );
      // `code` belongs to the problem answer.
      fields.delete('code');
      expect(fields.size).toBeGreaterThan(0);
      expect(Object.keys(schema.shape)).toEqual(expect.arrayContaining([...fields]));
    },
  );

  it('close an incident only where autoClose is on and the decision is close', () => {
    const template = read('score-incident');
    expect(template.parameters['autoClose']?.defaultValue).toBe(false);
    const condition = actionOf(template, 'May_be_closed');
    expect(condition.expression).toEqual({
      and: [
        { equals: ["@parameters('autoClose')", true] },
        { equals: ["@body('Score_incident')?['decision']", 'close'] },
      ],
    });
    expect(Object.keys(condition.actions ?? {})).toEqual(['Close_incident']);
    const closings = [...actionsOf(definitionOf(template).actions)].filter(({ action }) =>
      [...stringsIn(action.inputs)].includes('Closed'),
    );
    expect(closings.map(({ name }) => name)).toEqual(['Close_incident']);
  });

  it('close an incident so that the closing is read as automation, whatever it says', () => {
    const { body } = actionOf(read('score-incident'), 'Close_incident').inputs as {
      body: {
        status: string;
        classification: { ClassificationReasonText: string };
        tagsToAdd: { TagsToAdd: { Tag: string }[] };
      };
    };
    for (const classification of ['BenignPositive', 'FalsePositive', 'TruePositive']) {
      const closed = (
        owner: Record<string, unknown>,
        comment = body.classification.ClassificationReasonText,
      ) => ({
        object: {
          name: 'a2c1',
          type: 'Microsoft.SecurityInsights/Incidents',
          properties: {
            title: 'Sign-in from an unusual place',
            status: body.status,
            severity: 'Low',
            classification,
            classificationComment: comment,
            labels: body.tagsToAdd.TagsToAdd.map(({ Tag }) => ({ labelName: Tag, labelType: 'User' })),
            owner,
          },
        },
      });
      expect(sentinelIncident.closingOf?.(closed({}))?.by).toBe('machine');
      // An analyst who closes it again is heard, the tag notwithstanding.
      const analyst = { userPrincipalName: 'ana@contoso.example', assignedTo: 'Ana' };
      expect(sentinelIncident.closingOf?.(closed(analyst, 'Known scanner'))?.by).toBe('person');
    }
  });

  it('send feedback when an incident changes to closed, and only then', () => {
    const rule = read('send-feedback').resources.find(({ type }) => type.endsWith('automationRules'))!;
    expect(rule.properties['triggeringLogic']).toMatchObject({
      triggersOn: 'Incidents',
      triggersWhen: 'Updated',
      conditions: [
        {
          conditionType: 'PropertyChanged',
          conditionProperties: {
            propertyName: 'IncidentStatus',
            changeType: 'ChangedTo',
            propertyValues: ['Closed'],
          },
        },
      ],
    });
  });
});

const FAULTS: readonly [what: string, playbook: string, from: string, to: string][] = [
  [
    'an action that reads one that does not exist',
    'score-incident',
    "body('Score_incident')?['decision']",
    "body('Score_incidents')?['decision']",
  ],
  [
    'an action that waits for one that does not exist',
    'score-incident',
    '"Comment_verdict": [',
    '"Comment_verdicts": [',
  ],
  [
    'an action that reads one that has not run',
    'score-incident',
    '"Tag_incident": {\n              "type": "ApiConnection",\n              "runAfter"',
    '"Tag_incident": {\n              "type": "ApiConnection",\n              "after"',
  ],
  ['a status that does not exist', 'send-feedback', '"TimedOut"', '"Timeout"'],
  [
    'a workflow parameter that is not given',
    'score-incident',
    '"autoClose": {\n            "value"',
    '"autoclose": {\n            "value"',
  ],
  [
    'a template parameter that does not exist',
    'send-feedback',
    "[parameters('baseUrl')]",
    "[parameters('baseUri')]",
  ],
  ['a variable that nothing uses', 'send-feedback', "variables('sendWithKey')", "variables('sendAsItself')"],
  [
    'an expression that is not closed',
    'score-incident',
    "@{body('Score_incident')?['confidence']}",
    "@{body('Score_incident')?['confidence']",
  ],
  [
    'a key with a value in the template',
    'score-incident',
    '"type": "securestring",\n      "defaultValue": ""',
    '"type": "string",\n      "defaultValue": ""',
  ],
  [
    'an ARM expression that is not closed',
    'send-feedback',
    '[subscription().tenantId]',
    '[subscription(.tenantId]',
  ],
  ['an action of an unknown type', 'send-feedback', '"type": "Http"', '"type": "HTTP"'],
];

describe('the check of playbooks', () => {
  it.each(FAULTS)('catches %s', (_what, playbook, from, to) => {
    const text = readText(playbook);
    const faulty = text.replaceAll(from, to);
    expect(faulty).not.toBe(text);
    expect(templateProblems(JSON.parse(faulty) as Template)).not.toEqual([]);
  });
});
