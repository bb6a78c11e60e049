import CSystem
import Foundation
import Testing

@Suite("processors that the process may use")
struct ProcessorTests {
  /// What quotas pay for in a machine of these files.
  private func quota(_ files: [String: String]) throws -> Int {
    let root = FileManager.default.temporaryDirectory.appending(path: "rfgsnn-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: false, encoding: .utf8)
    }
    return Int(rfgs_quota_processors(root.path))
  }

  private static let none = Int(INT32_MAX)
  private static let second = "31 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
  private static let first = """
    25 18 0:21 / /sys/fs/cgroup rw shared:5 - tmpfs tmpfs rw,mode=755
    26 25 0:22 / /sys/fs/cgroup/cpuset rw shared:6 - cgroup cgroup rw,cpuset
    27 25 0:23 / /sys/fs/cgroup/cpu,cpuacct rw shared:7 - cgroup cgroup rw,cpu,cpuacct

    """

  @Test(
    "cgroup v2: as many as cpu.max pays for, rounded up",
    arguments: [
      ("200000 100000\n", 2), ("150000 100000", 2), ("50000 100000\n", 1), ("1 100000\n", 1), ("max 100000\n", none),
      ("", none), ("garbage\n", none), ("100000\n", none), ("0 0\n", none), ("-1 100000\n", none),
      ("999999999999999999999 1\n", none), (String(repeating: "7", count: 5000), none),
    ])
  func second(text: String, expected: Int) throws {
    #expect(
      try quota([
        "proc/self/cgroup": "0::/user/job\n", "proc/self/mountinfo": Self.second,
        "sys/fs/cgroup/user/job/cpu.max": text,
      ]) == expected)
  }

  @Test("cgroup v2: the groups around the process's own pay too, and a parent's quota may be the least")
  func parents() throws {
    #expect(
      try quota([
        "proc/self/cgroup": "0::/a/b/c\n", "proc/self/mountinfo": Self.second,
        "sys/fs/cgroup/a/b/c/cpu.max": "800000 100000\n", "sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
        "sys/fs/cgroup/a/cpu.max": "300000 100000\n",
      ]) == 3)
    #expect(
      try quota([
        "proc/self/cgroup": "0::/\n", "proc/self/mountinfo": Self.second, "sys/fs/cgroup/cpu.max": "400000 100000\n",
      ]) == 4)
  }

  @Test("cgroup v1: as many as the quota of the controller cpu pays for; -1 is none")
  func first() throws {
    var files = [
      "proc/self/cgroup": "4:cpuset:/\n3:cpuacct,cpu:/job\n0::/\n", "proc/self/mountinfo": Self.first,
      "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us": "250000\n",
      "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us": "100000\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
    ]
    #expect(try quota(files) == 3)
    files["sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us"] = "-1\n"
    #expect(try quota(files) == Self.none)
    files["sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us"] = "100000\n"
    #expect(try quota(files) == 1)
  }

  @Test("in a container the mount shows a part of the tree, perhaps under a name with spaces")
  func containers() throws {
    let mount = "31 23 0:26 /docker/abc /sys/fs/my\\040groups rw - cgroup2 cgroup2 rw\n"
    for (group, place) in [("/docker/abc/inner", "inner/"), ("/docker/abc", ""), ("/../elsewhere", "")] {
      #expect(
        try quota([
          "proc/self/cgroup": "0::\(group)\n", "proc/self/mountinfo": mount,
          "sys/fs/my groups/\(place)cpu.max": "500000 100000\n",
        ]) == 5)
    }
  }

  @Test("no files, or files of another kind, are no quota")
  func nothing() throws {
    #expect(try quota([:]) == Self.none)
    #expect(try quota(["proc/self/mountinfo": Self.second]) == Self.none)
    for text in ["", "\n\n", ":::\n", "0:\n", "no colon", "0::relative\n", String(repeating: "x:", count: 4000)] {
      #expect(try quota(["proc/self/cgroup": text, "proc/self/mountinfo": Self.second]) == Self.none)
    }
    for text in [" - ", " - cgroup2", "1 2 3 - cgroup2 a rw\n", String(repeating: "a ", count: 4000) + "- cgroup2 b c"]
    {
      #expect(try quota(["proc/self/cgroup": "0::/a\n", "proc/self/mountinfo": text]) == Self.none)
    }
    #expect(rfgs_quota_processors(String(repeating: "/x", count: 5000)) == INT32_MAX)
  }

  @Test("a mask of more than 1024 processors is counted, and one that cannot be read is none")
  func masks() {
    #expect(
      rfgs_mask_processors { bytes, mask in
        // As the kernel of a machine with 4096 processors.
        guard bytes >= 512, let mask else { return -1 }
        mask.storeBytes(of: 0b1011, toByteOffset: 0, as: UInt8.self)
        mask.storeBytes(of: 0xff, toByteOffset: 300, as: UInt8.self)
        mask.storeBytes(of: 0x80, toByteOffset: 511, as: UInt8.self)
        return 0
      } == 12)
    #expect(rfgs_mask_processors { _, _ in -1 } == 0)
  }

  @Test("this process may use at least one, and no more than its mask")
  func here() {
    #expect(rfgs_usable_processors() >= 1)
    #expect(Int(rfgs_usable_processors()) <= ProcessInfo.processInfo.activeProcessorCount)
  }
}
