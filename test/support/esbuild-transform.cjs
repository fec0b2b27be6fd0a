// Jest runs CommonJS; the sources are ES modules that Node runs as they are. esbuild turns one into the other.
const { createHash } = require('node:crypto');
const { transformSync, version } = require('esbuild');

const options = {
  loader: 'ts',
  format: 'cjs',
  target: 'node24',
  sourcemap: 'external',
  define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  // `import()` needs a flag inside jest's module system; `require` does the same job there.
  supported: { 'dynamic-import': false },
};

module.exports = {
  process(source, sourcefile) {
    const { code, map } = transformSync(source, { ...options, sourcefile });
    return { code, map };
  },
  getCacheKey(source, sourcefile) {
    return createHash('sha256')
      .update(version + JSON.stringify(options) + sourcefile + source)
      .digest('hex');
  },
};
