/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef FLAG_READER_H
#define FLAG_READER_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Something that a user gave is wrong; what() says in one line what, and what is
 * allowed.
 */
class WrongInput : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/**
 * @ingroup tcp-fast-open
 *
 * Reads the flags `--name=value` of a program. What ns-3's CommandLine takes for
 * attributes and help is taken here, too; but whatever is wrong is refused in
 * one line, where CommandLine ignores it, prints its help or ends the program.
 */
class FlagReader
{
  public:
    /// Takes a flag's value; throws WrongInput with what is allowed.
    using Reader = std::function<void(const std::string&)>;

    /// Takes an attribute's full name and its value.
    using AttributeReader = std::function<void(const std::string&, const std::string&)>;

    /**
     * @param file the program's source, __FILE__
     * @param usage what the program does, for the help
     */
    FlagReader(const std::string& file, const std::string& usage);

    /**
     * Add a flag.
     *
     * @param name its name
     * @param help what it means
     * @param standard what holds without it, for the help
     * @param read takes its value
     * @param implied its value where it has none; empty: it needs one
     */
    void Add(const std::string& name,
             const std::string& help,
             const std::string& standard,
             const Reader& read,
             const std::string& implied = "");

    /**
     * Take attributes: `--ns3::TcpSocket::InitialCwnd=4`.
     *
     * @param read takes them
     */
    void AddAttributes(const AttributeReader& read);

    /**
     * Take words without dashes, in the order given.
     *
     * @param read takes them
     */
    void AddWords(const Reader& read);

    /**
     * Read the command line; a request for help is answered, and ends the program.
     *
     * @param argc number of arguments
     * @param argv the arguments
     * @throws WrongInput with the flag and what is allowed
     */
    void Parse(int argc, char* argv[]) const;

    /**
     * Read one flag or attribute, as from a file.
     *
     * @param name its name, without dashes
     * @param value its value
     * @throws WrongInput with the flag and what is allowed
     */
    void Set(const std::string& name, const std::string& value) const;

  private:
    /// A flag.
    struct Flag
    {
        std::string help;     //!< what it means
        std::string standard; //!< what holds without it
        Reader read;          //!< takes its value
        std::string implied;  //!< its value where it has none
    };

    std::string m_file;                  //!< the program's source
    std::string m_usage;                 //!< what the program does
    std::map<std::string, Flag> m_flags; //!< by name
    AttributeReader m_readAttribute;     //!< takes attributes; empty: there are none
    Reader m_readWord;                   //!< takes words; empty: there are none
};

/// The longest text in characters that is held against a regular expression: GCC's
/// std::regex takes stack for each character, and ends the program where there is none.
constexpr std::size_t MAX_FORM = 200;

/**
 * @ingroup tcp-fast-open
 *
 * Run a program's main function; wrong input, and other failures, are told in one
 * line on stderr.
 *
 * @param name the program's name
 * @param main its main function
 * @param wrong the exit code for both
 * @return the exit code
 */
int RunProgram(const std::string& name, const std::function<int()>& main, int wrong = 2);

/**
 * @ingroup tcp-fast-open
 *
 * @param text words joined by commas
 * @return the words, without spaces around them
 * @throws WrongInput where there is none
 */
std::vector<std::string> ReadList(const std::string& text);

/**
 * @ingroup tcp-fast-open
 *
 * @param words words
 * @param separator what is to stand between two of them
 * @return the words in one text, as ReadList() takes it where commas separate them
 */
std::string JoinWords(const std::vector<std::string>& words, const std::string& separator = ",");

/**
 * @ingroup tcp-fast-open
 *
 * Read a number with a unit.
 *
 * @param text the text
 * @param units the units and what they multiply by
 * @param allowed what is allowed, for the message
 * @return the number
 * @throws WrongInput with what is allowed
 */
double ReadQuantity(const std::string& text,
                    const std::map<std::string, double>& units,
                    const std::string& allowed);

/**
 * @ingroup tcp-fast-open
 *
 * @return the units of a rate and what they are in bit/s
 */
const std::map<std::string, double>& GetRateUnits();

/**
 * @ingroup tcp-fast-open
 *
 * Read a time of not more than a day.
 *
 * @param text the text: a number with one of the units s, ms, us, ns
 * @param allowed what is allowed, for the message
 * @return the time in s
 * @throws WrongInput with what is allowed
 */
double ReadSeconds(const std::string& text, const std::string& allowed);

/**
 * @ingroup tcp-fast-open
 *
 * Read a whole number.
 *
 * @param text the text
 * @param least the smallest number allowed
 * @param most the largest number allowed
 * @return the number
 * @throws WrongInput with what is allowed
 */
uint32_t ReadCount(const std::string& text, uint32_t least, uint32_t most = UINT32_MAX);

/**
 * @ingroup tcp-fast-open
 *
 * Read whether something is on.
 *
 * @param text true or false
 * @return whether it is
 * @throws WrongInput with what is allowed
 */
bool ReadSwitch(const std::string& text);

/**
 * @ingroup tcp-fast-open
 *
 * @param on whether something is on
 * @return a text that ReadSwitch() reads so
 */
std::string PrintSwitch(bool on);

} // namespace ns3

#endif // FLAG_READER_H
