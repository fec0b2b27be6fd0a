import type { Check } from '../check.ts';
import { tell } from '../check.ts';
import { fetchAll } from '../wire/fetch.ts';

export const havesHonoured: Check = {
  name: 'haves-honoured',
  area: 'fetching',
  question: 'Does a source leave out of a pack what it is told that the destination has?',
  expects: 'only the objects of the one new commit, and no delta by offset',
  means: {
    asExpected: 'a change costs what it is, whatever the size of the repository',
    different: 'every replication carries more than the change: it works, and costs time and traffic',
  },
  run: async (stage) => {
    const { tip, inner } = await stage.history();
    const { objects, bytes, scan } = await fetchAll(stage.source.remote, { wants: [tip.tip], haves: [inner.tip] });
    const deltas = scan === 'offset-delta' ? 'with an offset delta, which was not asked for' : 'without offset deltas';
    return tell(
      objects === 3 && scan === 'nothing',
      `${objects} objects (the change has 3), ${bytes} bytes, ${deltas}`,
    );
  },
};

export const commonHaves: Check = {
  name: 'common-haves',
  area: 'fetching',
  question: 'Does the answer to a fetch with "done" still name the haves that the source knows, and only those?',
  expects: 'the known one is named, an unknown one is not',
  means: {
    asExpected: 'an ordinary push costs no question of its own about who has made what the destination has',
    different: 'ccrepl asks BatchGetCommits instead; of a tag it can then not tell, and keeps it as it is',
  },
  run: async (stage) => {
    const { tip, inner } = await stage.history();
    const unknown = stage.change('nobody has this').tip;
    const { common } = await fetchAll(stage.source.remote, { wants: [tip.tip], haves: [inner.tip, unknown] });
    const [known, invented] = [common.has(inner.tip), common.has(unknown)];
    return tell(
      known && !invented,
      `the known one: ${known ? 'named' : 'not named'}; the unknown one: ${invented ? 'named' : 'not named'}`,
    );
  },
};

export const knownObjects: Check = {
  name: 'known-objects',
  area: 'fetching',
  question: 'Does a question without "done" say which objects the source has, and make no pack?',
  expects: 'commit and tag object are known, an invented id is not',
  means: {
    asExpected: 'what somebody else has pushed to a replica is told from what came from the source, and is kept',
    different: 'ccrepl asks the API of the source instead, and what nobody can tell it keeps as it is',
  },
  run: async (stage) => {
    const { inner, tag } = await stage.history();
    const unknown = stage.change('nobody has this either').tip;
    const { remote } = stage.source;
    const advertised = await remote.advertisement('git-upload-pack');
    const known = await remote.knownObjects([inner.tip, tag.object.oid, unknown], advertised);
    if (known === undefined) return tell(false, 'the server cannot say: it does not advertise multi_ack_detailed');
    const said = (has: boolean) => (has ? 'known' : 'unknown');
    const [commit, object, invented] = [known.has(inner.tip), known.has(tag.object.oid), known.has(unknown)];
    return tell(
      commit && object && !invented,
      `commit ${said(commit)}, tag object ${said(object)}, invented id ${said(invented)}`,
    );
  },
};

export const emptyContained: Check = {
  name: 'empty-if-contained',
  area: 'fetching',
  question: 'Is a pack of "want OLD, have NEW" empty exactly where OLD is in the history of NEW?',
  expects: 'yes for an ancestor, no for a descendant and for an unrelated commit',
  means: {
    asExpected: 'a rewrite of a branch is told from its going on',
    different:
      'ccrepl asks GetMergeOptions, or takes it for a rewrite; with "rewrites": "mirror" that makes no difference',
  },
  run: async (stage) => {
    const { tip, line, inner, unrelated } = await stage.history();
    const { remote } = stage.source;
    const advertised = await remote.advertisement('git-upload-pack');
    const ask = (over: typeof tip, of: typeof tip) => remote.contains([over.tip], [of.tip], advertised);
    const [ancestor, descendant, other] = [await ask(tip, line[0]), await ask(inner, tip), await ask(tip, unrelated)];
    const good = ancestor === true && descendant === false && other === false;
    return tell(good, `ancestor: ${ancestor}, descendant: ${descendant}, unrelated: ${other}`);
  },
};
