/** What a person can choose for this browser, and another tab. */
import { useState } from "preact/hooks";
import { useApp } from "./app-context.ts";
import { ConsoleError } from "./http/client.ts";
import { COMMON } from "./i18n/common.ts";
import { chooseLanguage, language, say } from "./i18n/say.ts";
import { areShortcutsOn, switchShortcuts } from "./ui/keys.ts";

export function Settings() {
  const { client, tell } = useApp();
  const [areOn, setAreOn] = useState(areShortcutsOn);

  async function openTab(): Promise<void> {
    try {
      const { url } = await client.post<{ url: string }>("/api/link", {});
      open(url, "_blank", "noopener");
    } catch (failure) {
      if (failure instanceof ConsoleError) tell(failure.message, "bad");
      else throw failure;
    }
  }
  return (
    <div class="settings">
      <label>
        <span class="hidden">{say(COMMON.language)}</span>
        <select
          value={language}
          onChange={(event) => {
            chooseLanguage(event.currentTarget.value === "zh" ? "zh" : "en");
            location.reload();
          }}
        >
          <option value="en" lang="en">
            English
          </option>
          <option value="zh" lang="zh-CN">
            简体中文
          </option>
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={areOn}
          onChange={(event) => {
            switchShortcuts(event.currentTarget.checked);
            setAreOn(event.currentTarget.checked);
          }}
        />{" "}
        {say(COMMON.shortcuts)}
      </label>
      <button type="button" class="link" onClick={() => void openTab()}>
        {say(COMMON.openTab)}
      </button>
    </div>
  );
}
