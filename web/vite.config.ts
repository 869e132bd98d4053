import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The build goes into the Python package, so that a machine without Node can serve it.
// For development: endplate serve --port 8765, then `npm run dev` and open it with the printed token.
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../src/endplate/app/server/pages",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 800,
    assetsInlineLimit: 0,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8765" } },
});
