import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { takeToken } from "./api/token";
import { App } from "./app";
import { LanguageProvider } from "./i18n";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/parts.css";
import "./styles/print.css";

takeToken();
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider>
        <App />
      </LanguageProvider>
    </StrictMode>,
  );
