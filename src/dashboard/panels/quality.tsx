import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { z } from 'zod';
import type { qualityReportSchema } from '../../api/predict/quality.ts';
import { Card, Empty } from '../parts/card.tsx';
import { Table } from '../parts/table.tsx';
import { call, wordsOf } from '../state/api.ts';
import { counted, percent } from '../words/numbers.ts';

type Report = z.infer<typeof qualityReportSchema>;

/** How good the data of many alerts is: a file is read here and sent, nothing is scored or stored. */
export function Quality(): VNode {
  const [report, setReport] = useState<Report>();
  const [name, setName] = useState('');
  const [problem, setProblem] = useState('');
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setName(file.name);
    setReport(undefined);
    setProblem('');
    try {
      setReport(await call<Report>('quality', { method: 'POST', text: await file.text() }));
    } catch (error) {
      setProblem(wordsOf(error));
    }
  };
  return (
    <Card
      id="quality"
      columns={5}
      title="How good is the data?"
      basis="read as alerts, nothing is scored or stored"
      aside={
        <label class="btn file">
          Choose a file of alerts
          <input type="file" class="vh" onChange={(event) => void read(event.currentTarget.files?.[0])} />
        </label>
      }
    >
      {problem === '' ? null : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {report === undefined ? (
        problem === '' ? (
          <Empty title={name === '' ? 'No file read yet.' : `Reading ${name} …`}>
            {name === '' ? 'JSON, JSON lines, CEF or CSV, as a SIEM exports it.' : ''}
          </Empty>
        ) : null
      ) : (
        <ReportTable of={report} name={name} />
      )}
    </Card>
  );
}

function ReportTable({ of, name }: { of: Report; name: string }): VNode {
  const share = (n: number): string => (of.read === 0 ? '–' : percent(n / of.read));
  return (
    <>
      <p>
        <b>{counted(of.read, 'alert')}</b> of {of.total} read from {name}, {of.rejected} refused, {of.skipped}{' '}
        no alerts; {percent(of.completeness.mean)} complete on average.
      </p>
      <Table
        label="What is missing, out of range or double"
        head={['What', { text: 'Alerts', right: true }, { text: 'Share', right: true }]}
        rows={[
          ...Object.entries(of.missing).map(([field, n]) => [
            `no ${field.replaceAll('_', ' ')}`,
            n,
            share(n),
          ]),
          ...Object.entries(of.out_of_range).map(([what, n]) => [what.replaceAll('_', ' '), n, share(n)]),
          ...Object.entries(of.duplicates).map(([what, n]) => [
            `duplicates, ${what.replaceAll('_', ' ')}`,
            n,
            share(n),
          ]),
        ]}
      />
      <p class="small dim">
        Formats:{' '}
        {Object.entries(of.dialects)
          .map(([dialect, { count: n }]) => `${dialect.replaceAll('_', ' ')} ${n}`)
          .join(', ')}
      </p>
    </>
  );
}
