/// Writes the linker's version script, which exports the functions of the interface and hides the rest.
struct VersionScriptWriter {
  let description: Description

  func write() -> String {
    let node = "RFGSNN_\(description.library.abi.major).\(description.library.abi.minor)"
    let names = description.functions.map { "    \($0.name);" }
    let head = ["/* \(generatedNotice) */", "\(node) {", "  global:"]
    return (head + names + ["  local:", "    *;", "};", ""]).joined(separator: "\n")
  }
}
