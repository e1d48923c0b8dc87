// Builds the look of the house into the site's static files; the template tag `bundle` reads the manifest.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  base: './',
  publicDir: false,
  build: {
    outDir: '../src/tongxin/site/static/bundle',
    emptyOutDir: true,
    manifest: true,
    target: ['chrome87', 'firefox78', 'safari14'],
    cssTarget: ['chrome87', 'firefox78', 'safari14'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { shell: 'shell/shell.ts' } },
    chunkSizeWarningLimit: 1500,
  },
  worker: { format: 'es' },
  test: { environment: 'jsdom', include: ['{shell,form,map,passkey}/**/*.test.ts'] },
})
