import Runtime
import Testing

/// A list for the stacks of a network: nothing that is done to it ends the process.
@Suite("stack lists")
struct StackListTests {
  @Test("elements come back in their order, and there are none beyond the end")
  func elements() throws {
    let list = try StackList([2, 3, 5])
    #expect(list.count == 3)
    #expect(list.array == [2, 3, 5])
    #expect([-1, 0, 2, 3, 5, .max].map { list[$0] } == [nil, 2, 5, nil, nil, nil])
    #expect(list.product == 30)
    #expect(StackList<Int>().product == 1)
    #expect(list.map { index, element in 10 * index + element }.array == [2, 13, 25])
    #expect(try list == StackList([2, 3, 5]))
    #expect(try list != StackList([2, 3]))
  }

  @Test("a sixth element is an internal fault, and the list stays as it was")
  func full() throws {
    var list = try StackList([1, 2, 3, 4, 5])
    do {
      try list.append(6)
      Issue.record("a sixth element was taken")
    } catch {
      #expect(error.kind == .internalFault)
      #expect(error.message.contains("please report"))
    }
    #expect(list.array == [1, 2, 3, 4, 5])
  }
}
