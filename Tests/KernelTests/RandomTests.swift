import CSystem
import Foundation
import Kernels
import Testing

private func philox(_ table: KernelTable, _ counter: [UInt32], key: [UInt32]) -> [UInt32] {
  var c = rfgk_counter(key0: key[0], key1: key[1], word1: counter[1], word2: counter[2], word3: counter[3])
  var out = [UInt32](repeating: 0, count: 4)
  table.philoxBlock(&c, counter[0], &out)
  return out
}

private let someCounter = rfgk_counter(key0: 0x1234, key1: 0xABCD_EF01, word1: 7, word2: 8, word3: 9)

@Suite("Philox4x32-10 and the distributions drawn from it")
struct RandomTests {
  private enum Law: CaseIterable { case rademacher, gaussian, uniform }

  private func fill(
    _ table: KernelTable, _ law: Law, first: Int, count: Int, shift: Int = 0,
    _ counter: rfgk_counter = someCounter
  ) -> [Float] {
    let memory = Memory<Float>(count, shift: shift)
    var counter = counter
    switch law {
    case .rademacher: table.fillRademacher(&counter, first, count, memory.pointer)
    case .gaussian: table.fillGaussian(&counter, first, count, memory.pointer)
    case .uniform: table.fillUniform(&counter, first, count, memory.pointer)
    }
    #expect(memory.guardsSurvive)
    return memory.values
  }

  private func words(_ table: KernelTable, _ block: Int) -> [UInt32] {
    philox(
      table, [UInt32(truncatingIfNeeded: block), someCounter.word1, someCounter.word2, someCounter.word3],
      key: [someCounter.key0, someCounter.key1])
  }

  @Test("published known answers of Random123")
  func knownAnswers() {
    let ones = [UInt32](repeating: .max, count: 4)
    for table in tables() {
      #expect(
        philox(table, [0, 0, 0, 0], key: [0, 0]) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
      #expect(
        philox(table, ones, key: [.max, .max]) == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
      #expect(
        philox(table, [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0])
          == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    }
  }

  @Test("signs are the bits of the blocks")
  func rademacherBits() {
    for table in tables() {
      let values = fill(table, .rademacher, first: 0, count: 128 * 11)
      for (i, value) in values.enumerated() {
        let bit = words(table, i / 128)[i % 128 / 32] >> UInt32(i % 32) & 1
        #expect(value == (bit == 1 ? -1 : 1))
      }
    }
  }

  @Test("uniform values are the words of the blocks, strictly between 0 and 1")
  func uniformWords() {
    for table in tables() {
      let values = fill(table, .uniform, first: 0, count: 1000)
      for (i, value) in values.enumerated() {
        #expect(Double(value) == (Double(words(table, i / 4)[i % 4] >> 9) + 0.5) * 0x1p-23)
      }
    }
  }

  @Test("normal values are Box and Muller's, so logarithm, sine and cosine are right")
  func boxMuller() {
    for table in tables() {
      let values = fill(table, .gaussian, first: 0, count: 200_000)
      var worst = 0.0
      for block in 0..<values.count / 4 {
        let w = words(table, block)
        for pair in 0..<2 {
          let radius = sqrt(-2 * log((Double(w[2 * pair] >> 9) + 0.5) * 0x1p-23))
          let angle = 2 * Double.pi * Double(w[2 * pair + 1] >> 8) * 0x1p-24
          let x = Double(values[4 * block + 2 * pair])
          let y = Double(values[4 * block + 2 * pair + 1])
          worst = max(worst, abs(x - radius * cos(angle)) / radius, abs(y - radius * sin(angle)) / radius)
        }
      }
      #expect(worst < 5e-7, "\(table.instructionSet)")
    }
  }

  @Test("a value depends on its index, not on how a range is split or where it is put")
  func splits() {
    for table in tables() {
      for law in Law.allCases {
        let whole = fill(table, law, first: 0, count: 3000)
        for (first, count) in [
          (0, 0), (0, 1), (1, 1), (5, 3), (63, 2), (64, 64), (100, 29), (127, 2), (130, 1100), (1023, 1977),
        ] {
          for shift in [0, 1, 7] {
            let part = fill(table, law, first: first, count: count, shift: shift)
            #expect(
              part == Array(whole[first..<first + count]), "\(table.instructionSet) \(law) \(first) \(count)")
          }
        }
      }
    }
  }

  @Test("the block index wraps at 32 bits")
  func wrapping() {
    for table in tables() {
      for (law, valuesPerBlock) in [(Law.rademacher, 128), (.gaussian, 4), (.uniform, 4)] {
        let start = fill(table, law, first: 0, count: 300)
        #expect(fill(table, law, first: (1 << 32) * valuesPerBlock, count: 300) == start)
        let across = fill(table, law, first: (1 << 32) * valuesPerBlock - 50, count: 350)
        #expect(Array(across[50...]) == start)
      }
    }
  }

  @Test("moments are those of the laws")
  func moments() {
    let n = 1 << 20
    for table in tables() {
      for (law, mean, variance, fourth) in [
        (Law.rademacher, 0.0, 1.0, 1.0), (.gaussian, 0, 1, 3), (.uniform, 0.5, 1.0 / 12, 1.0 / 80),
      ] {
        let values = fill(table, law, first: 0, count: n)
        let centred = values.map { Double($0) - mean }
        let scale = 1 / Double(n)
        let moments = (1...4).map { power in centred.reduce(0) { $0 + pow($1, Double(power)) } * scale }
        // Five standard errors of each moment.
        let error = 5 * sqrt(scale)
        #expect(abs(moments[0]) < error * sqrt(variance))
        #expect(abs(moments[1] - variance) < error * sqrt(max(fourth - variance * variance, 1e-12)) + 1e-6)
        #expect(abs(moments[2]) < error * sqrt(15 * variance * variance * variance))
        #expect(abs(moments[3] - fourth) < error * sqrt(96) * max(fourth / 3, 1e-2))
      }
    }
  }

  @Test("every key and counter word makes another sequence")
  func independence() {
    let others = [
      rfgk_counter(key0: 0x1235, key1: 0xABCD_EF01, word1: 7, word2: 8, word3: 9),
      rfgk_counter(key0: 0x1234, key1: 0xABCD_EF00, word1: 7, word2: 8, word3: 9),
      rfgk_counter(key0: 0x1234, key1: 0xABCD_EF01, word1: 6, word2: 8, word3: 9),
      rfgk_counter(key0: 0x1234, key1: 0xABCD_EF01, word1: 7, word2: 0, word3: 9),
      rfgk_counter(key0: 0x1234, key1: 0xABCD_EF01, word1: 7, word2: 8, word3: 10),
    ]
    let n = 65536
    for table in tables() {
      let a = fill(table, .rademacher, first: 0, count: n)
      for other in others {
        let b = fill(table, .rademacher, first: 0, count: n, other)
        let correlation = zip(a, b).reduce(0) { $0 + Double($1.0 * $1.1) } / Double(n)
        #expect(abs(correlation) < 5 / Double(n).squareRoot())
      }
    }
  }

  @Test("instruction sets make the same signs and uniforms, and normals up to rounding")
  func levelsAgree() {
    for law in Law.allCases {
      let results = tables().map { fill($0, law, first: 3, count: 5000) }
      for result in results {
        if law == .gaussian {
          #expect(deviation(result, results[0]) < 1e-6)
        } else {
          #expect(result == results[0])
        }
      }
    }
  }
}
