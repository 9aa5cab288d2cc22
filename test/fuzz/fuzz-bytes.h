/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef FUZZ_BYTES_H
#define FUZZ_BYTES_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

/// What has to hold whatever the input is; the fuzzer keeps an input that ends it.
#define FUZZ_CHECK(condition)                                                                      \
    do                                                                                             \
    {                                                                                              \
        if (!(condition))                                                                          \
        {                                                                                          \
            std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);    \
            std::abort();                                                                          \
        }                                                                                          \
    } while (false)

/**
 * The input of a fuzz target, read from its start. Behind its end everything is 0, so
 * that each input means something.
 */
class FuzzBytes
{
  public:
    /**
     * @param data the input
     * @param size its size in bytes
     */
    FuzzBytes(const uint8_t* data, std::size_t size)
        : m_next(data),
          m_end(data + size)
    {
    }

    /**
     * @return whether nothing is left
     */
    bool IsEmpty() const
    {
        return m_next == m_end;
    }

    /**
     * @return the next byte
     */
    uint8_t Get8()
    {
        return IsEmpty() ? 0 : *m_next++;
    }

    /**
     * @return the next two bytes, the higher one first
     */
    uint16_t Get16()
    {
        const uint8_t high = Get8();
        return static_cast<uint16_t>(high << 8 | Get8());
    }

    /**
     * @return the next four bytes, the highest one first
     */
    uint32_t Get32()
    {
        const uint32_t high = Get16();
        return high << 16 | Get16();
    }

    /**
     * @param most the number of bytes to take, or all that are left
     * @return them
     */
    std::vector<uint8_t> GetBytes(std::size_t most)
    {
        const std::size_t size = std::min<std::size_t>(most, m_end - m_next);
        std::vector<uint8_t> bytes(m_next, m_next + size);
        m_next += size;
        return bytes;
    }

    /**
     * @return all that is left
     */
    std::string GetText()
    {
        std::string text(m_next, m_end);
        m_next = m_end;
        return text;
    }

  private:
    const uint8_t* m_next; //!< what is read next
    const uint8_t* m_end;  //!< behind the last byte
};

/// The fuzz target: what libFuzzer, or the replay of the corpus, calls.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size);

#endif // FUZZ_BYTES_H
