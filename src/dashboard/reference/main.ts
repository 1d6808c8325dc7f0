// Sets the viewer up: what it shows, and in which frame. The viewer itself is a script of its own, loaded before.

type Props = Readonly<Record<string, unknown>>;
type Component = (props: Props) => unknown;

/** What of Swagger UI's system a plugin reads here. */
interface System {
  readonly React: {
    createElement(type: string | Component, props: object | null, ...children: unknown[]): unknown;
  };
  getComponent(name: string, isContainer?: boolean): Component;
}

declare const SwaggerUIBundle: (options: Props) => unknown;

/**
 * The viewer's parts in landmarks and headings of our own: its base layout leaves some out, and puts a link inside the
 * button that opens an operation, which a keyboard cannot tell apart.
 */
const frame = ({ React: { createElement: h }, getComponent }: System) => ({
  components: {
    Frame: () =>
      h(
        'div',
        { className: 'swagger-ui' },
        h(getComponent('SvgAssets'), null),
        h(
          'header',
          null,
          h('a', { className: 'home', href: document.body.dataset['home'] }, 'First page'),
          h(getComponent('InfoContainer', true), null),
        ),
        h(
          'main',
          null,
          h(getComponent('errors', true), null),
          h('h2', null, 'Operations'),
          h(getComponent('operations', true), null),
        ),
      ),
    // nothing is filled in here: what a parameter may be stands beside it
    JsonSchemaForm: () => null,
    DeepLink: ({ text }: Props) => h('span', null, text),
  },
  wrapComponents: {
    // what opens a schema without a name, and a table beside others like it, have no name to be told by
    ModelCollapse: (Original: Component) => (props: Props) =>
      h(Original, { ...props, title: props['title'] || 'schema' }),
    responses: (Original: Component) => (props: Props) => {
      const name = (element: Element | null): void => {
        const table = element?.querySelector('.responses-table');
        table?.setAttribute('aria-label', `Answers of ${props['method']} ${props['path']}`);
      };
      return h('div', { ref: name }, h(Original, props));
    },
  },
});

/** Its style sheet has a dark half, which waits for a class. */
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = (): void => {
  document.documentElement.classList.toggle('dark-mode', dark.matches);
};
dark.addEventListener('change', follow);
follow();

SwaggerUIBundle({
  url: document.body.dataset['document'],
  dom_id: '#reference',
  layout: 'Frame',
  plugins: [frame],
  deepLinking: true,
  // no other service is asked
  validatorUrl: null,
  // for reading: a key is typed into our own page alone
  supportedSubmitMethods: [],
  syntaxHighlight: { activated: false },
  docExpansion: 'list',
});
