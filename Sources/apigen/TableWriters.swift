/// Writes `docs/options.md`, the table of option keys.
struct OptionDocWriter {
  let description: Description

  func write() -> String {
    var lines = [
      "<!-- \(generatedNotice) -->", "# Options", "",
      "Options are set by key in an options object, with the setter of their type; unknown keys and values",
      "outside the range are refused. rfgsnn_network_create reads the keys of scope network,",
      "rfgsnn_trainer_create those of scope trainer, and both read those of scope both. All floats must be",
      "finite.", "",
    ]
    for (scope, title) in [(OptionScope.network, "Network"), (.trainer, "Trainer"), (.both, "Both")] {
      lines += ["## \(title)", "", "| key | type | default | range | meaning |", "|---|---|---|---|---|"]
      lines += description.options.filter { $0.scope == scope }.map(row) + [""]
    }
    return lines.joined(separator: "\n")
  }

  private func row(_ option: OptionDescription) -> String {
    let range =
      option.type == .string
      ? choices(option)
      : "\(option.rangeText) \(option.unit ?? "")".trimmed
    let standard =
      option.required == true ? "must be set" : option.defaultText.isEmpty ? "empty" : "`\(option.defaultText)`"
    return "| `\(option.key)` | \(option.type.rawValue) | \(standard) | \(range) | \(option.doc.oneLine) |"
  }

  private func choices(_ option: OptionDescription) -> String {
    if let count = option.maxCount, let key = option.choicesOf { return "up to \(count) words of `\(key)`" }
    return (option.choices ?? []).map { "`\($0)`" }.joined(separator: ", ")
  }
}

/// Writes `docs/errors.md`, the table of status codes.
struct ErrorDocWriter {
  let description: Description

  func write() -> String {
    let cases = description.types.enums.first { $0.name == "rfgsnn_status" }?.cases ?? []
    var lines = [
      "<!-- \(generatedNotice) -->", "# Errors", "",
      "Every function that can fail returns `rfgsnn_status`. `rfgsnn_last_error()` gives the sentence of the",
      "calling thread's last failed call: it names the argument, what was wrong and what would be right.",
      "A call that fails leaves the network as it was.", "",
    ]
    lines += ["| status | value | meaning | what to do |", "|---|---|---|---|"]
    for item in cases {
      let remedy = item.remedy?.oneLine ?? ""
      lines.append("| `RFGSNN_\(item.name)` | \(item.value) | \(item.doc.oneLine) | \(remedy) |")
    }
    return (lines + [""]).joined(separator: "\n")
  }
}

extension String {
  fileprivate var trimmed: String { hasSuffix(" ") ? String(dropLast()) : self }
}
