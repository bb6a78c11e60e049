import Runtime
import Testing

@Suite("buffers and memory accounts")
struct MemoryTests {
  @Test("a buffer is zero, aligned to 64 bytes, charged while it lives and refunded after", arguments: [0, 1, 7, 1000])
  func buffer(count: Int) throws {
    let account = MemoryAccount(limit: 0)
    do {
      let buffer = try Buffer<Float>(count, for: "a test", account: account)
      #expect(Int(bitPattern: buffer.base) % 64 == 0)
      #expect((0..<count).allSatisfy { buffer.base[$0] == 0 })
      #expect(account.held == 4 * count)
      #expect(MemoryAccount.processHeld >= 4 * count)
      for index in 0..<count { buffer.base[index] = 1 }
      buffer.clear()
      #expect((0..<count).allSatisfy { buffer.base[$0] == 0 })
    }
    #expect(account.held == 0)
    #expect(account.peak == 4 * count)
  }

  @Test("the limit holds for all buffers of an account together; what is refused is not charged")
  func limit() throws {
    let account = MemoryAccount(limit: 1000)
    let first = try Buffer<Double>(100, for: "the first", account: account)
    let failure = #expect(throws: Failure.self) {
      _ = try Buffer<Double>(26, for: "the second", account: account)
    }
    #expect(failure?.kind == .outOfMemory)
    #expect(failure?.message.contains("the second") == true)
    #expect(account.held == 800)
    let third = try Buffer<Double>(25, for: "the third", account: account)
    #expect(account.held == 1000 && account.peak == 1000)
    withExtendedLifetime((first, third)) {}
  }

  @Test("sizes that cannot be addressed are failures, not crashes")
  func tooLarge() {
    let account = MemoryAccount(limit: 0)
    for count in [Int.max, Int.max / 4, Int.max / 32] {
      let failure = #expect(throws: Failure.self) { _ = try Buffer<Double>(count, for: "a test", account: account) }
      #expect(failure?.kind == .outOfMemory)
    }
    #expect(account.held == 0)
    #expect(throws: Failure.self) { try checkedProduct(1 << 40, 1 << 40, for: "a test") }
    #expect(throws: Failure.self) { try checkedProduct(Int.max / 8, 1, for: "a test") }
    #expect((try? checkedProduct(3, 4, 5, for: "a test")) == 60)
    #expect((try? checkedProduct(for: "a test")) == 1)
  }
}
